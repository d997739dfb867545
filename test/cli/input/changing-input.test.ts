/** Files that somebody writes into while the command line reads them: no output, and no exit code 0. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { sampleBytes } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { testTerminal } from "../test-terminal.ts";

const SAMPLE = "dominators.1.19.amd64";
const previous = process.cwd();

let folder: string;
let dump: Uint8Array;
let executable: Uint8Array;

beforeAll(async () => {
  dump = await sampleBytes(SAMPLE);
  executable = await unpack(executablePath(SAMPLE));
});
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-changing-")));
  process.chdir(folder);
  writeFileSync("x.dump", dump);
  writeFileSync("x.exe", executable);
});
afterEach(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});

async function unpack(path: string): Promise<Uint8Array> {
  const source = await openSource(path);
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0, source.size, 0);
  source.close();
  return bytes;
}

async function gohd(...args: string[]) {
  const terminal = testTerminal({ directory: folder });
  const code = await runCommandLine(args, terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

/** Makes a converter that does something to a file before it writes its output. */
function writeConverter(doing: string): void {
  writeFileSync(
    "meddler.mjs",
    `import { appendFileSync, truncateSync, utimesSync } from "node:fs";
     export default { apiVersion: 1, name: "meddler", description: "", options: {},
       output: { kind: "file", extension: "txt", binary: false },
       async convert(heap, sink) {
         ${doing};
         const writer = await sink.open();
         await writer.write(heap.readBytes(heap.objects.position[0], 8));
       } }`,
  );
}

describe("gohd convert", () => {
  test.each([
    ["the dump grows", `appendFileSync("x.dump", "more")`, "x.dump"],
    ["the dump shrinks, before where is read", `truncateSync("x.dump", 100)`, "x.dump"],
    ["the dump shrinks, behind where is read", `truncateSync("x.dump", ${1 << 16})`, "x.dump"],
    ["the dump is written", `utimesSync("x.dump", 1, 1)`, "x.dump"],
    ["the executable grows", `appendFileSync("x.exe", "more")`, "x.exe"],
    ["the symbols shrink", `truncateSync("x.names", 100)`, "x.names"],
  ])("%s: no output", async (_change, doing, name) => {
    writeFileSync("x.names", executable);
    writeConverter(doing);
    const { code, errors } = await gohd(
      ...["convert", "x.dump", "--exe", "x.exe", "--symbols", "x.names"],
      ...["--to", "./meddler.mjs", "-o", "out.txt"],
    );
    expect(errors).toMatch(new RegExp(`^gohd: ${name} changed while it was read: .*\n  `));
    expect(code).toBe(1);
    expect(existsSync("out.txt")).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(["meddler.mjs", "x.dump", "x.exe", "x.names"]);
  });

  test("of a dump that grows, --salvage takes what there was", async () => {
    writeConverter(`appendFileSync("x.dump", "more")`);
    const refused = await gohd("convert", "x.dump", "--to", "./meddler.mjs", "-o", "out.txt");
    expect(refused.errors).toContain("  wait until it is written, or use --salvage to read what there was");
    writeFileSync("x.dump", dump);
    const { code, errors } = await gohd("convert", "x.dump", "--to", "./meddler.mjs", "-o", "out.txt", "--salvage");
    expect(errors).toMatch(
      /^gohd: warning: x\.dump changed while it was read: it had \d+ bytes, and has \d+\nwrote out/,
    );
    expect(code).toBe(0);
    expect(readFileSync("out.txt").length).toBe(8);
  });

  test("of a dump that shrinks, --salvage has nothing either", async () => {
    writeConverter(`truncateSync("x.dump", ${1 << 16})`);
    const { code } = await gohd("convert", "x.dump", "--to", "./meddler.mjs", "-o", "out.txt", "--salvage");
    expect(code).toBe(1);
    expect(existsSync("out.txt")).toBe(false);
  });
});

describe("gohd info", () => {
  test("of a dump that is still being written", async () => {
    const terminal = testTerminal({ directory: folder });
    const meddle = { ...terminal.bar, phase: () => appendFileSync("x.dump", "more") };
    expect(await runCommandLine(["info", "x.dump"], { ...terminal, bar: meddle })).toBe(1);
    expect(terminal.errorText()).toContain("gohd: x.dump changed while it was read");
    expect(terminal.outputText()).toBe("");
  });
});

describe("gohd sql", () => {
  const meddle = "COPY (SELECT 1) TO 'x.dump' (FORMAT csv, USE_TMP_FILE false)";

  test("checks after every query", async () => {
    const { code, output, errors } = await gohd(
      "sql",
      "x.dump",
      "--csv",
      `SELECT 1 AS one; ${meddle}; SELECT 2 AS two`,
    );
    expect(errors).toContain("gohd: x.dump changed while it was read");
    expect(output).toContain("one");
    expect(output).not.toContain("two");
    expect(code).toBe(1);
  });

  test("writes no Parquet file", async () => {
    const { code, errors } = await gohd("sql", "x.dump", "--parquet", "out.parquet", `${meddle}; SELECT 1`);
    expect(errors).toContain("gohd: x.dump changed while it was read");
    expect(code).toBe(1);
    expect(existsSync("out.parquet")).toBe(false);
  });
});
