/** Profiles in the pages that people look at them in, opened in Chromium: go tool pprof's flame graph and its diff, and speedscope. */
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import pprof from "../../converters/pprof/index.ts";
import type { Heap } from "../../src/index.ts";
import { convertToBytes } from "../support/conversion.ts";
import { temporaryFolder } from "../support/directory-conversion.ts";
import { readProfile } from "../support/readers/profile-reader.ts";
import { typedSample } from "../support/typed-samples.ts";
import { CHROMIUM } from "./devtools.ts";
import { GO } from "./go.ts";
import { clientFolder, NODE_CLIENTS } from "./node-clients.ts";
import { servePprof } from "./pprof-server.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = temporaryFolder();
let browser: Browser | undefined;
let heap: Heap;

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
});
afterAll(() => browser?.close());

async function write(name: string, its: Heap): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, (await convertToBytes(pprof, its)).bytes);
  return path;
}

/** A page, and what went wrong on it. */
async function openPage(address: string): Promise<{ readonly page: Page; readonly troubles: readonly string[] }> {
  const page = await browser!.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(error.message));
  await page.goto(address);
  return { page, troubles };
}

describe.skipIf(CHROMIUM === undefined || GO === undefined)("go tool pprof in a browser", () => {
  test("draws what is retained as a flame graph, and follows a click", async () => {
    const server = await servePprof([await write("app.pb.gz", heap)]);
    try {
      const { page, troubles } = await openPage(`${server.address}/ui/flamegraph`);
      const box = page.locator(".boxbg", { hasText: "main.SessionStore" }).first();
      await box.click();
      const names = await page.locator(".boxbg").allTextContents();
      expect(names.join("\n")).toMatch(/byToken/);
      expect(troubles).toEqual([]);
      await page.close();
    } finally {
      server.stop();
    }
  });

  test("draws the difference of two dumps", async () => {
    const before = await typedSample("sessions-before.1.27.amd64", "sessions.1.27.amd64");
    const base = `-diff_base=${await write("before.pb.gz", before)}`;
    const server = await servePprof([base, await write("app.pb.gz", heap)]);
    try {
      const { page, troubles } = await openPage(`${server.address}/ui/flamegraph`);
      await page.locator(".boxbg", { hasText: "main.SessionStore" }).first().waitFor();
      const { page: top } = await openPage(`${server.address}/ui/top`);
      const rows = await top.locator("#rows tr", { hasText: "byToken map" }).first().allTextContents();
      expect(rows.join(" ")).toMatch(/2\d\d(\.\d+)?kB/);
      expect(troubles).toEqual([]);
    } finally {
      server.stop();
    }
  });
});

describe.skipIf(CHROMIUM === undefined || NODE_CLIENTS === undefined)("speedscope", () => {
  let server: Server;
  let address: string;
  beforeAll(async () => {
    const pages = join(clientFolder("speedscope"), "dist/release");
    server = createServer((request, response) => {
      const [path] = request.url!.split("?") as [string];
      const file = path === "/app.pb.gz" ? join(folder, path) : join(pages, path);
      createReadStream(file)
        .on("error", () => response.writeHead(404).end())
        .pipe(response.setHeader("content-type", path.endsWith(".html") ? "text/html" : typeOf(path)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server?.close());

  test("lists what is retained in its table, with our figures", async () => {
    const { samples, sampleTypes } = readProfile(readFileSync(await write("app.pb.gz", heap)));
    const name = "slots[]·elem main·Session";
    // It shows the last sample type.
    const bytes = samples
      .filter(({ stack }) => stack.some((frame) => frame.name === name))
      .reduce((sum, { values }) => sum + values[sampleTypes.length - 1]!, 0);
    const profile = encodeURIComponent(`${address}/app.pb.gz`);
    const { page, troubles } = await openPage(`${address}/index.html#profileURL=${profile}`);
    await page.getByText("Sandwich").click();
    const row = page.locator("tr", { hasText: name }).first();
    expect(bytes).toBeGreaterThan(300_000);
    expect(await row.textContent()).toContain(`${(bytes / 1024).toFixed(2)} KB`);
    expect(troubles).toEqual([]);
  });
});

function typeOf(path: string): string {
  if (path.endsWith(".js")) return "text/javascript";
  return path.endsWith(".css") ? "text/css" : "application/octet-stream";
}
