/** gohd's core in a browser: nothing of it needs Node, and what it makes of a dump there is what it makes here. */
import { join } from "node:path";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { openSource } from "../../src/io/sources/open.ts";
import { CHROMIUM } from "../clients/devtools.ts";
import { sampleBytes } from "../support/sample-dumps.ts";
import { executablePath } from "../support/typed-samples.ts";
import { computeFigures, type HeapFigures } from "./heap-figures.ts";

if (CHROMIUM === undefined)
  console.warn("the core was not run in a browser: no Chromium found; install it or set CHROMIUM");

/** The worker with all that it imports, as one script; and what it imports beside. */
async function bundleWorker(): Promise<{ readonly code: string; readonly imports: readonly string[] }> {
  const bundle = await rolldown({ input: join(import.meta.dirname, "worker.ts"), platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", minify: true });
  await bundle.close();
  return { code: output[0].code, imports: output[0].imports };
}

async function executableBytes(name: string): Promise<Uint8Array> {
  const source = await openSource(executablePath(name));
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0, bytes.length, 0);
  source.close();
  return bytes;
}

test("is one script that imports nothing", async () => {
  const { code, imports } = await bundleWorker();
  expect(imports).toEqual([]);
  expect(code.match(/\brequire\(|\bBuffer\b/g)).toBeNull();
  expect(code.length).toBeLessThan(500_000);
});

describe.skipIf(CHROMIUM === undefined)("in Chromium's worker", { timeout: 120_000 }, () => {
  test.each([
    ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
    ["workers.1.24.amd64", "workers.1.24.amd64"],
    ["dominators.1.19.amd64", "dominators.1.19.amd64"],
  ])("%s has the figures that it has in Node", async (dumpName, executableName) => {
    const dump = await sampleBytes(dumpName);
    const executable = await executableBytes(executableName);
    const here = await computeFigures(dump, executable);
    expect(here.namedBy).toBe("debug information");
    expect(await computeInChromium(dump, executable)).toEqual(here);
  });
});

async function computeInChromium(dump: Uint8Array, executable: Uint8Array): Promise<HeapFigures> {
  const { code } = await bundleWorker();
  const browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    const answer = await page.evaluate(runWorker, [code, base64(dump), base64(executable)] as const);
    if ("error" in answer) throw new Error(answer.error);
    return answer.figures;
  } finally {
    await browser.close();
  }
}

/** Runs in the page. */
function runWorker([code, dump, executable]: readonly [string, string, string]): Promise<
  { readonly figures: HeapFigures } | { readonly error: string }
> {
  const bytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const scope = globalThis as unknown as { Worker: new (url: string) => PageWorker };
  interface PageWorker {
    onmessage: (event: { readonly data: never }) => void;
    onerror: (event: { readonly message: string }) => void;
    postMessage(task: unknown): void;
  }
  const worker = new scope.Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message });
    worker.postMessage({ dump: bytes(dump), executable: bytes(executable) });
  });
}
