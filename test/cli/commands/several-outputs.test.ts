/** `gohd convert` with several outputs: one reading for all of them, and every output as if it were the only one. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../../converters/index.ts";
import { runCommandLine } from "../../../src/cli/program.ts";
import { Interruption } from "../../../src/cli/terminal/terminal.ts";
import { executablePath } from "../../support/typed-samples.ts";
import { type TestTerminalOptions, testTerminal } from "../test-terminal.ts";

vi.setConfig({ testTimeout: 120_000 });

const SAMPLES = join(import.meta.dirname, "../../../samples/dumps");
const SAMPLE = join(SAMPLES, "dominators.1.24.amd64.dump.zst");
const TYPED = `${join(SAMPLES, "trie.1.27.amd64.dump.zst")} --exe ${executablePath("trie.1.27.amd64")}`;

let folder: string;
const previous = process.cwd();
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-several-")));
  cpSync(join(import.meta.dirname, "../../converter/fixtures"), join(folder, "node_modules"), { recursive: true });
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});

async function gohd(args: string, options: TestTerminalOptions = {}) {
  const phases: string[] = [];
  const terminal = {
    ...testTerminal({ directory: folder, ...options }),
    bar: { phase: (name: string) => void phases.push(name), update() {}, stop() {} },
  };
  const code = await runCommandLine(args.split(" ").filter(Boolean), terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText(), phases };
}

/** What lies in the user's directory, but for the installed converter. */
const files = (path = "."): string[] => readdirSync(path).filter((name) => name !== "node_modules");

/** Every file below a folder with its bytes; names of folders are cut to what the tables are called. */
function contentsOf(path: string): Map<string, Buffer> {
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map(({ parentPath, name }) => [
      join(parentPath, name).slice(path.length),
      readFileSync(join(parentPath, name)),
    ]),
  );
}

/** Phases of what is to be done once for all outputs. */
const ONCE = [
  "reading",
  "resolving pointers",
  "assigning types",
  "guessing types",
  "finding containers",
  "owners",
  "walking values",
  "finding holders",
  "shortest paths",
  "roots that lead there",
  "looking at fields",
  "histogram",
];

const count = (phases: readonly string[], name: string): number => phases.filter((phase) => phase === name).length;

describe("all formats at once", () => {
  // A database has blocks that DuckDB lays out by chance.
  const formats = Object.keys(BUILT_IN_CONVERTERS).filter((name) => name !== "duckdb");

  test("are byte for byte those of single runs, in any order, and nothing is computed twice", async () => {
    for (const name of ["together", "backwards", "alone"]) mkdirSync(name);
    const convert = async (names: readonly string[], output: string): Promise<readonly string[]> => {
      const { code, errors, phases } = await gohd(
        `convert ${TYPED} ${names.map((name) => `--to ${name}`).join(" ")} -o ${output}`,
      );
      expect(errors).not.toMatch(/^gohd: (?!warning: )/m);
      expect(code).toBe(0);
      return phases;
    };
    const runs = [await convert(formats, "together"), await convert(formats.toReversed(), "backwards")];
    for (const name of formats) await convert([name], name === "parquet" ? "alone/trie.1.27.amd64.parquet" : "alone");
    const alone = contentsOf("alone");
    expect(alone.size).toBeGreaterThan(formats.length);
    for (const several of [contentsOf("together"), contentsOf("backwards")]) {
      expect([...several.keys()].sort()).toEqual([...alone.keys()].sort());
      for (const [name, bytes] of alone) expect(several.get(name)!.equals(bytes), name).toBe(true);
    }
    for (const phases of runs) {
      const counts = Object.fromEntries(ONCE.map((phase) => [phase, count(phases, phase)]));
      expect(counts).toEqual(Object.fromEntries(ONCE.map((phase) => [phase, 1])));
      // Only where texts take so much that a finding may come of it.
      expect(count(phases, "comparing texts")).toBeLessThanOrEqual(1);
      // Of the heap, and of the owner tree.
      expect(count(phases, "dominators")).toBe(2);
    }
  });
});

describe("-o finds its --to", () => {
  test.each([
    ["default names", "--to dot --to pprof", ["dominators.1.24.amd64.dot", "dominators.1.24.amd64.retained.pb.gz"]],
    ["by order", "--to dot -o a --to pprof -o b", ["a", "b"]],
    ["by order, in front", "-o a --to dot -o b --to pprof", ["a", "b"]],
    ["by order, at the end", "--to dot --to pprof -o a -ob", ["a", "b"]],
    ["by their endings", "-o x.dot -o y.pb.gz", ["x.dot", "y.pb.gz"]],
    ["one format, two names", "--to dot -o a --to dot -o b", ["a", "b"]],
  ])("%s: %s", async (_, args, expected) => {
    expect((await gohd(`convert ${SAMPLE} ${args} -q`)).errors).toBe("");
    expect(files().sort()).toEqual(expected);
    const isPicture = (name: string): boolean => readFileSync(name, "utf8").startsWith("digraph");
    expect(isPicture(expected[0]!)).toBe(true);
    expect(isPicture(expected[1]!)).toBe(args.includes("dot -o b") && !args.includes("pprof"));
  });

  test("one directory takes all, what is a directory itself included", async () => {
    mkdirSync("out");
    expect((await gohd(`convert ${SAMPLE} --to dot --to parquet -o out -q`)).errors).toBe("");
    expect(files("out").sort()).toEqual(["dominators.1.24.amd64.dot", "dominators.1.24.amd64.parquet"]);
    expect(files("out/dominators.1.24.amd64.parquet")).toContain("objects.parquet");
  });

  test("one of them may be standard output", async () => {
    const { output, errors } = await gohd(`convert ${SAMPLE} --to dot -o - --to pprof -o p.pb.gz`);
    expect(output).toMatch(/^digraph/);
    expect(errors).toMatch(/^wrote <stdout>: .*\nwrote p\.pb\.gz: /);
  });

  test.each([
    [
      "more -o than --to",
      "--to dot -o a -o b",
      /there is 1 --to and 2 -o: .*\n {2}give a --to for each -o, or no --to/,
    ],
    [
      "fewer, that are no directory",
      "--to dot --to svg --to pprof -o a -o b",
      /3 --to and 2 -o: .*\n {2}give an -o for/,
    ],
    [
      "one that is no directory",
      "--to dot --to svg -o a",
      /a is not a directory.*\n {2}mkdir a makes it; or give an -o/,
    ],
    ["the same name", "--to dot -o a --to svg -o ./a", /two outputs are a: --to dot and --to svg\n {2}give each --to/],
    ["the same default name", "--to dot --to dot", /two outputs are missing\.dot: /],
    ["standard output for two", "--to dot --to svg -o -", /standard output takes one format, and there are 2\n/],
    ["standard output twice", "--to dot --to svg -o - -o -", /standard output takes one format, and there are 2\n/],
    ["one inside the other", "--to parquet -o t --to dot -o t/a", /t\/a would be inside t, which --to parquet writes/],
    ["an ending that tells nothing", "-o a.dot -o b.bogus", /the ending of b\.bogus names no format/],
    ["an option that none has", "--to dot --to pprof --option nope=1", /none of dot, pprof has an option "nope"/],
    ["an option of a third", "--to dot --to html --profile heap", /dot has no --profile; .*; pprof has one\n/],
    [
      "an option that names a third",
      "--to dot --to html --pprof.profile heap",
      /is an option of pprof, which is not written\n {2}add --to pprof/,
    ],
    [
      "a wrong option of one",
      "--to dot --to html --dot.profile heap",
      /^gohd: dot has no --dot\.profile; it has --graph, [^;]*\n$/,
    ],
    ["formats in a list", "--to dot,svg", /\n {2}give each a --to of its own: --to dot --to svg\n/],
  ])("refuses %s before the dump is read", async (_, args, message) => {
    const { code, errors } = await gohd(`convert missing.dump ${args}`);
    expect(errors).toMatch(message);
    expect(code).toBe(2);
    expect(files()).toEqual([]);
  });

  test("what is there already is refused before the dump is read, and replaced with --force", async () => {
    writeFileSync("b", "mine");
    const refused = await gohd("convert missing.dump --to dot -o a --to svg -o b");
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining("b exists already") });
    expect((await gohd(`convert ${SAMPLE} --to dot -o a --to dot -o b --force -q`)).code).toBe(0);
    expect(readFileSync("b")).toEqual(readFileSync("a"));
  });
});

describe("options find their formats", () => {
  const outputs = async (args: string): Promise<string[]> => {
    expect((await gohd(`convert ${SAMPLE} ${args} -q`)).errors).toBe("");
    return files().sort();
  };
  const named = (...profiles: string[]): string[] => profiles.map((each) => `dominators.1.24.amd64.${each}`);

  test("by name; of one format that is written twice, those behind its --to", async () => {
    expect(await outputs("--to pprof --pprof.profile types --to dot --to pprof --pprof.profile goroutine")).toEqual(
      named("dot", "goroutine.pb.gz", "types.pb.gz"),
    );
  });

  test("without a name, of all that have them; as --option, too", async () => {
    expect(await outputs("--to dot --to pprof --profile types --option sizes.min=64 --to sizes")).toEqual(
      named("dot", "sizes.txt", "types.pb.gz"),
    );
    for (const line of readFileSync(named("sizes.txt")[0]!, "utf8").trim().split("\n").slice(0, -1)) {
      expect(Number(line)).toBeGreaterThanOrEqual(64);
    }
  });

  test("switched off, for one and for all", async () => {
    const last = (name: string): string => readFileSync(name, "utf8").trim().split("\n").at(-1)!;
    const run = (args: string) =>
      gohd(`convert ${SAMPLE} --to sizes -o a --to sizes -o b --to dot -o c ${args} -q --force`);
    expect((await run("--no-count")).errors).toBe("");
    expect([last("a"), last("b")].filter((line) => line.endsWith("objects"))).toEqual([]);
    expect((await run("--sizes.no-count")).errors).toBe("");
    // It stands behind the second.
    expect([last("a"), last("b")].map((line) => line.endsWith("objects"))).toEqual([true, false]);
  });

  test("help shows them with their formats", async () => {
    const { output } = await gohd("convert --to sizes --to pprof --help");
    expect(output).toMatch(/Options of sizes:\n +--sizes\.min <integer> +leave out/);
    expect(output).toMatch(/--sizes\.no-count /);
    expect(output).toMatch(/Options of pprof:\n +--pprof\.profile <choice>/);
    expect(output).not.toMatch(/^ {2}--(min|profile)\b/m);
    expect(output.replaceAll("\n", " ")).toContain(
      "--profile applies to every format that has this option, --pprof.profile only to pprof",
    );
    expect((await gohd("convert --to pprof --help")).output).not.toMatch(/^ +--pprof\./m);
  });
});

describe("one that fails", () => {
  const converter = (name: string, work: string): string => `export default { apiVersion: 1, name: "${name}",
    description: "", options: {}, output: { kind: "file", extension: "${name}", binary: false },
    async convert(heap, sink, options, progress) { const w = await sink.open(); await w.write(Buffer.alloc(10)); ${work} } }`;

  test("leaves nothing, and the others are whole; the exit code tells", async () => {
    writeFileSync("bad.mjs", converter("bad", "throw new TypeError('oops')"));
    const { code, errors } = await gohd(`convert ${SAMPLE} --to dot -o a --to ./bad.mjs -o b --to pprof -o c`);
    expect(errors).toMatch(
      /^wrote a: .*\nwrote c: .*\ngohd: b: converter "\.\/bad\.mjs" failed: oops\n {2}this is a fault of .*bad\.mjs/,
    );
    expect(code).toBe(1);
    expect(files().sort()).toEqual(["a", "bad.mjs", "c"]);
    expect((await gohd(`convert ${SAMPLE} --to ./bad.mjs -o b --to ./bad.mjs -o d`)).errors).toMatch(
      /gohd: b: .*\n.*\ngohd: d: /,
    );
  });

  test("an interruption ends the run; what is whole by then stays", async () => {
    const controller = new AbortController();
    const stop =
      "globalThis.gohdTestStop(); for (;;) { progress.signal.throwIfAborted(); await new Promise(setImmediate); }";
    writeFileSync("slow.mjs", converter("slow", stop));
    Object.assign(globalThis, { gohdTestStop: () => controller.abort(new Interruption(2)) });
    const { code, errors } = await gohd(`convert ${SAMPLE} --to dot -o a --to ./slow.mjs -o b --to pprof -o c`, {
      signal: controller.signal,
    });
    expect(errors).toMatch(/^wrote a: .*\ngohd: interrupted\n$/);
    expect(code).toBe(130);
    expect(files().sort()).toEqual(["a", "slow.mjs"]);
  });
});
