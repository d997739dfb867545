/** `--to svg`: rendered, safe, and helpful where Graphviz is not there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import dot from "../../../converters/dot/index.ts";
import svg, { loadGraphviz } from "../../../converters/dot/svg.ts";
import { runCommandLine } from "../../../src/cli/program.ts";
import { ConverterError } from "../../../src/index.ts";
import { testTerminal } from "../../cli/test-terminal.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { nodeNamed, readDot } from "../../support/readers/dot-reader.ts";
import { sampleHeap, samplePath } from "../../support/sample-dumps.ts";
import { HOSTILE_NAMES } from "./hostile-names.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test("has a box for every node of the DOT, and a font of the box's width", async () => {
  const heap = await sampleHeap("sessions-after.1.27.amd64");
  const picture = text((await convertToBytes(svg, heap)).bytes);
  const graph = await readDot((await convertToBytes(dot, heap)).bytes);
  expect(picture).toMatch(/^<\?xml version="1.0" encoding="UTF-8"/);
  expect(picture.match(/class="node"/g)).toHaveLength(graph.nodes.filter(({ isBelow }) => !isBelow).length);
  expect(picture.match(/class="edge"/g)).toHaveLength(graph.edges.filter(({ isInColumn }) => !isInColumn).length);
  // As wide as the window, as far as it can be read.
  expect(picture).toMatch(
    /<svg width="100%" style="max-width:[\d.]+pt;min-width:\d+pt;height:auto"\s+viewBox="0\.00 0\.00 /,
  );
  expect(picture).toContain(nodeNamed(graph, "the heap").tooltip[1]!);
  expect(new Set(picture.match(/font-family="[^"]*"/g))).toEqual(
    new Set(['font-family="Verdana,DejaVu Sans,Geneva,sans-serif"']),
  );
});

test("is what -o x.svg means", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gohd-svg-"));
  try {
    const path = join(folder, "x.svg");
    const args = ["convert", samplePath("queue.1.27.amd64"), "-o", path, "--graph", "types", "--max-nodes", "5"];
    expect(await runCommandLine(args, testTerminal())).toBe(0);
    expect(readFileSync(path, "utf8").match(/class="node"/g)).toHaveLength(5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("is XML without anything active in it, whatever the names", async () => {
  const heap = drawHeap((s) => {
    for (const type of HOSTILE_NAMES) {
      const object = s.object({ type, size: 64 });
      s.goroutine({ waitReason: type, frames: [{ name: type, slots: [[object, 0]] }] });
    }
  });
  for (const graph of ["dominators", "references", "types"] as const) {
    const options = { graph, focus: graph === "references" ? "a" : "", "min-retained": "0", "max-nodes": 400 };
    const picture = text((await convertToBytes(svg, heap, options)).bytes);
    const tags = new Set(picture.match(/<[a-z!?][^\s>]*/gi));
    expect([...tags].sort()).toEqual(
      ["<!--", "<!DOCTYPE", "<?xml", "<a", "<g", "<path", "<polygon", "<svg", "<text", "<title"].filter((tag) =>
        tags.has(tag),
      ),
    );
    const attributes = new Set([...picture.matchAll(/\s([a-z:-]+)="/gi)].map(([, name]) => name));
    expect([...attributes].filter((name) => /^on|href|^src/i.test(name!))).toEqual([]);
    expect(picture).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u);
  }
});

describe("without the package", () => {
  test("tells how to get it, and what works without", async () => {
    const error = new Error("Cannot find package '@hpcc-js/wasm-graphviz' imported from svg.js");
    const missing = loadGraphviz(() => Promise.reject(Object.assign(error, { code: "ERR_MODULE_NOT_FOUND" })));
    await expect(missing).rejects.toBeInstanceOf(ConverterError);
    await expect(missing).rejects.toMatchObject({
      message: expect.stringMatching(
        /^@hpcc-js\/wasm-graphviz is not installed: --to svg needs it; --to dot .*dot -Tsvg/,
      ),
      hint: expect.stringContaining("npm ci, in "),
    });
    const broken = loadGraphviz(() => Promise.reject(new Error("bad magic")));
    await expect(broken).rejects.toMatchObject({
      message: "--to svg needs @hpcc-js/wasm-graphviz, which cannot be loaded: bad magic",
      hint: expect.stringContaining("--to dot"),
    });
  });

  test("--to dot does not load it", () => {
    const folder = new URL("../../../converters/dot/", import.meta.url);
    const users = readdirSync(folder).filter(
      (file) => file.endsWith(".ts") && /import.*wasm-graphviz/.test(readFileSync(new URL(file, folder), "utf8")),
    );
    expect(users).toEqual(["svg.ts"]);
  });
});
