/** What a dump, a file's name or the system says reaches people, and the libraries that draw for them, escaped and cut. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import { runCommandLine } from "../../src/cli/program.ts";
import { describeProgress } from "../../src/cli/terminal/progress-bar.ts";
import { LONGEST_SHOWN } from "../../src/shown-text.ts";
import { findHarm, HOSTILE_TEXT, hostileDump } from "../support/hostile-dump.ts";
import { testTerminal } from "./test-terminal.ts";

/** Texts that were handed to libraries which measure them. */
const measured: string[] = [];

vi.mock("cli-table3", async (load) => {
  const { default: Table } = await load<{ readonly default: unknown }>();
  const Base = Table as new (options: { head?: string[] }) => unknown[];
  class WatchedTable extends Base {
    constructor(options: { head?: string[] }) {
      super(options);
      measured.push(...(options.head ?? []));
    }
    override push(...rows: unknown[]): number {
      measured.push(...rows.flat().map(String));
      return super.push(...rows);
    }
  }
  return { default: WatchedTable };
});

vi.mock("@hpcc-js/wasm-graphviz", async (load) => {
  const { Graphviz } = await load<typeof import("@hpcc-js/wasm-graphviz")>();
  return {
    Graphviz: {
      async load() {
        const graphviz = await Graphviz.load();
        return {
          layout(dot: string, format: "svg", engine: "dot") {
            // Attributes in quotes, and what stands between the tags of markup, line by line.
            for (const [, quoted, markup] of dot.matchAll(/"((?:[^"\\]|\\.)*)"|>([^<>]*)</gs)) {
              measured.push(...(quoted ?? markup ?? "").split("\\n").map((line) => line.replaceAll(/&\w+;|\\./g, "x")));
            }
            return graphviz.layout(dot, format, engine);
          },
        };
      },
    },
  };
});

let folder: string;
/** Called as hostile as what is in it. */
let named: string;
let endless: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-hostile-"));
  named = join(folder, `x${HOSTILE_TEXT.replaceAll(/[\0/\ud800]/g, "")}.dump`);
  writeFileSync(named, hostileDump());
  // No name that begins as forged lines do.
  endless = join(folder, "much.dump");
  writeFileSync(endless, hostileDump(HOSTILE_TEXT.repeat(20_000)));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  measured.length = 0;
});

async function gohd(...args: string[]) {
  const terminal = testTerminal({ directory: folder, outputIsTerminal: true, columns: 80 });
  const code = await runCommandLine(args, terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

/** Lines that could be taken for gohd's own, if it did not write them. */
const forged = (text: string): string[] => text.split("\n").filter((line) => /^[<e]/.test(line));

describe("gohd info", () => {
  test("escapes names, warnings, and the name of the file", async () => {
    const { code, output, errors } = await gohd("info", named);
    expect(code).toBe(0);
    expect(findHarm(output)).toEqual([]);
    expect(errors).toBe("");
    expect(forged(output)).toEqual([]);
    expect(output).toContain("\\x1b]0;pwned\\a");
  });

  test("hands no text to the library that is longer than it takes well", async () => {
    const { code, output } = await gohd("info", endless);
    expect(code).toBe(0);
    expect(measured.length).toBeGreaterThan(50);
    expect(Math.max(...measured.map((text) => text.length))).toBeLessThanOrEqual(LONGEST_SHOWN);
    expect(findHarm(output)).toEqual([]);
  });

  test("fits the terminal, whatever the names", async () => {
    const { code, output } = await gohd("info", endless);
    expect(code).toBe(0);
    // The next command is there to be copied, so it stands in one line, however long the path of the dump.
    const lines = output.replaceAll(folder, "").split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("leaves JSON exact, in characters that do nothing to a terminal", async () => {
    const { output } = await gohd("info", "--json", named);
    expect(findHarm(output)).toEqual([]);
    const report = JSON.parse(output);
    expect(report.goroutines.byFunction[0].function).toBe(`main.${Buffer.from(HOSTILE_TEXT).toString()}`);
  });
});

describe.each([["report"], ["why"], ["top"], ["check"]])("gohd %s", (command) => {
  const more =
    command === "why" ? ["/^T/"] : command === "check" ? ["--fail-if", "live < 1B", "--fail-if", "objects < 1"] : [];

  test("escapes names and the name of the file, and fits the terminal", async () => {
    for (const dump of [named, endless]) {
      const { code, output, errors } = await gohd(command, dump, ...more);
      expect([code, errors]).toEqual([0, ""]);
      expect(findHarm(output)).toEqual([]);
      expect(forged(output)).toEqual([]);
      expect(output.split("\n").filter((line) => line.length > 4 * LONGEST_SHOWN)).toEqual([]);
    }
    for (const all of command === "report" ? [[], ["--all"]] : [[]]) {
      const { output } = await gohd(command, named, ...more, "--json", ...all);
      expect(findHarm(output)).toEqual([]);
      JSON.parse(output);
    }
  });
});

describe("messages", () => {
  test("of errors, warnings and results are one line each", async () => {
    const absent = await gohd("info", `absent${HOSTILE_TEXT.replaceAll("\0", "")}`);
    expect([absent.code, findHarm(absent.errors), forged(absent.errors)]).toEqual([1, [], []]);
    const { code, errors } = await gohd("convert", named, "--to", "pprof", "-o", join(folder, "out\x1b[2J.pb.gz"));
    expect(code).toBe(0);
    expect(errors).toContain("wrote ");
    expect([findHarm(errors), forged(errors)]).toEqual([[], []]);
    const unknown = await gohd("convert", named, `--${HOSTILE_TEXT.replaceAll("\0", "")}`);
    expect([unknown.code, findHarm(unknown.errors)]).toEqual([2, []]);
  });

  test("have bearable length", async () => {
    const { errors } = await gohd("convert", endless, "--to", "pprof", "-o", join(folder, "endless.pb.gz"));
    expect(Math.max(...errors.split("\n").map((line) => line.length))).toBeLessThanOrEqual(1000);
  });

  test("of progress as well", () => {
    const text = describeProgress(HOSTILE_TEXT.repeat(1000), 5, 10, "bytes", 5000);
    expect(findHarm(text)).toEqual([]);
    expect(text.length).toBeLessThan(LONGEST_SHOWN + 100);
  });
});

test("gohd convert --to svg hands Graphviz nothing that is long or does harm", async () => {
  for (const graph of ["owners", "dominators", "references", "types"]) {
    measured.length = 0;
    const output = join(folder, `${graph}.svg`);
    const { code } = await gohd("convert", endless, "--to", "svg", "--graph", graph, "-o", output);
    expect(code).toBe(0);
    expect(measured.length).toBeGreaterThan(20);
    expect(Math.max(...measured.map((text) => text.length))).toBeLessThanOrEqual(LONGEST_SHOWN);
    expect(findHarm(measured.join(""))).toEqual([]);
  }
});

test("every format takes names of a megabyte, in a time that grows with them", async () => {
  for (const name of Object.keys(BUILT_IN_CONVERTERS)) {
    const { code, errors } = await gohd("convert", endless, "--to", name, "-o", join(folder, `out.${name}`), "-q");
    expect([code, errors]).toEqual([0, ""]);
  }
}, 120_000);
