/**
 * How right typing is: compares the types that gohd finds with the exact type of every object, as a runtime with a logging
 * allocator wrote it down, and prints tables.
 *
 *     npm run truth -- DIR [N]
 *
 * scores every X.dump in DIR with X.exe (or X) and X.truth.tsv (or X.dump.truth) beside it, with a row for each way to name
 * things: the stripped executable, its own debug information, that of a sibling build (of V-stripped: V-normal, or V); and
 * shows the N most frequent mistakes.
 *
 *     npm run truth -- --generate N --go VERSION [--seed S] [--keep DIR] [--most M] [--check]
 *
 * builds the N adversarial programs from seed S (1) on (`adversary/`), runs and scores each stripped and not, and prints what
 * they score by kind, and the M (20) most frequent mistakes. VERSION is the root of a Go toolchain of 1.19 or later, or its
 * version, if GOHD_GO_ROOTS is the folder of several. With --keep they stay in DIR,
 * and are not built a second time. With --check it fails if they fall short of what `thresholds.ts` demands.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Executable, openExecutable } from "../../src/binary/index.ts";
import { countNamedRoots } from "../../src/cli/info/named-roots.ts";
import { readHeap } from "../../src/heap/read.ts";
import { openFile } from "../../src/io/sources/file-source.ts";
import { typeHeap } from "../../src/typing/type-heap.ts";
import { printHead, printMost, printRow, share, TALLY_COLUMNS, Totals, tallyCells } from "./report.ts";
import { compare, countNamedEdges, type Score } from "./score.ts";
import { listShortfalls } from "./thresholds.ts";
import { buildProgram, findGoRoot, hasHeaders } from "./toolchain.ts";
import { readTruth } from "./truth-file.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    generate: { type: "string" },
    go: { type: "string" },
    seed: { type: "string", default: "1" },
    keep: { type: "string" },
    most: { type: "string", default: "20" },
    check: { type: "boolean", default: false },
  },
});
if (values.generate !== undefined && values.go !== undefined) {
  await scoreGenerated(Number(values.generate), values.go, Number(values.seed), Number(values.most), values.keep);
} else if (positionals[0] !== undefined) {
  await scoreFolder(positionals[0], Number(positionals[1] ?? 0));
} else {
  console.error("usage: npm run truth -- DIR [how many mistakes to show]");
  console.error("       npm run truth -- --generate N --go VERSION [--seed S] [--keep DIR] [--most M] [--check]");
  process.exit(2);
}

async function scoreGenerated(
  count: number,
  version: string,
  first: number,
  most: number,
  keep?: string,
): Promise<void> {
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), "gohd-truth-")) : resolve(keep);
  const root = findGoRoot(version);
  const totals = new Map([true, false].map((isStripped) => [isStripped, new Totals()]));
  try {
    for (let seed = first; seed < first + count; seed++) {
      const base = buildProgram(root, seed, folder);
      const executable = openExecutable(openFile(base));
      for (const [isStripped, sum] of totals) {
        const { score } = await scoreDump(base, isStripped ? strip(executable) : executable);
        sum.add(score);
      }
    }
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true });
  }
  for (const [isStripped, sum] of totals) {
    console.log(
      `\nGo ${version}, seeds ${first} to ${first + count - 1}, ${isStripped ? "stripped" : "with debug information"}\n`,
    );
    sum.print(!isStripped);
    printMost("Wrong", sum.mistakes, most);
    printMost("Untyped", new Map([...sum.missing].filter(([what]) => /^[\w~]+: /.test(what))), most);
    printMost("Guessed right", sum.guessed, most);
    const shortfalls = listShortfalls(sum, !isStripped, hasHeaders(root));
    if (shortfalls.length === 0) continue;
    console.log(`\nFalls short:\n  ${shortfalls.join("\n  ")}`);
    if (values.check) process.exitCode = 1;
  }
}

async function scoreFolder(folder: string, most: number): Promise<void> {
  printHead(
    [
      "dump",
      "names from",
      ...TALLY_COLUMNS,
      "right bytes",
      "edges named",
      "globals named",
      "live slots named",
      "CPU s",
    ],
    2,
  );
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith(".dump")) await scoreWays(file.slice(0, -".dump".length), folder, most);
  }
}

/** Scores a dump with each way to name things. */
async function scoreWays(name: string, folder: string, most: number): Promise<void> {
  const base = join(folder, name);
  const executable = openFirst(`${base}.exe`, base);
  if (findTruth(base) === undefined || executable === undefined) return;
  const [, version] = /^(.*)-stripped$/.exec(base) ?? [];
  const siblings =
    version === undefined ? [] : [`${version}-normal.exe`, `${version}-normal`, `${version}.exe`, version];
  const sibling = openFirst(...siblings);
  const ways: (readonly [names: string, executable: Executable, symbols?: Executable])[] = [
    ["nothing", strip(executable)],
  ];
  if (executable.debugSection("info") !== undefined) ways.push(["its DWARF", executable]);
  if (sibling !== undefined) ways.push(["a sibling's DWARF", strip(executable), sibling]);
  for (const [names, exe, symbols] of ways) {
    const { score, edges, globals, frames, cpu } = await scoreDump(base, exe, symbols);
    const { objects, bytes } = score;
    const rightBytes = share(bytes.rightKnown + bytes.rightGuessed, bytes.objects);
    printRow([name, names, ...tallyCells(objects), rightBytes, edges, globals, frames, cpu]);
    printMost("Wrong", score.mistakes, most);
    printMost("Untyped", score.missing, most);
    printMost("Guessed right", score.guessed, most);
  }
}

interface DumpScore {
  readonly score: Score;
  readonly edges: string;
  readonly globals: string;
  readonly frames: string;
  readonly cpu: string;
}

async function scoreDump(base: string, executable: Executable, symbols?: Executable): Promise<DumpScore> {
  const heap = await readHeap(openFile(`${base}.dump`), { keepShapes: true });
  const before = process.cpuUsage();
  const typed = await typeHeap(heap, executable, symbols === undefined ? {} : { symbols });
  const cpu = process.cpuUsage(before);
  const score = compare(typed, readTruth(findTruth(base)!, typed.heap));
  const { globals, frames } = countNamedRoots(typed.heap);
  const edges = share(countNamedEdges(typed), heap.edges.count);
  heap.close();
  return {
    score,
    edges,
    globals: share(globals.named, globals.count),
    frames: `${frames.named}/${frames.count}`,
    cpu: ((cpu.user + cpu.system) / 1e6).toFixed(2),
  };
}

function findTruth(base: string): string | undefined {
  return [`${base}.truth.tsv`, `${base}.dump.truth`].find((path) => existsSync(path));
}

function openFirst(...paths: readonly string[]): Executable | undefined {
  const path = paths.find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : openExecutable(openFile(path));
}

/** The same executable as `-ldflags="-s -w"` leaves it. */
function strip(executable: Executable): Executable {
  const { symbols } = executable;
  const none = { ...symbols(), count: 0, find: () => -1 };
  return { ...executable, symbols: () => none, debugSection: () => undefined };
}
