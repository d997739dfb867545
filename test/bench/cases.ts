/** What is measured: each case runs a process of its own and tells what that process used. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Phases } from "./measure.ts";
import type { TableCosts } from "./measure-tables.ts";

export interface Sample {
  /** CPU seconds, user and system. */
  readonly cpu: number;
  /** Greatest resident set in bytes; undefined where it says nothing. */
  readonly peak?: number;
  /** What the decoder found, from cases that tell. */
  readonly objects?: number;
  readonly edges?: number;
  /** CPU seconds of reading the file, in the same process; not part of `cpu`. */
  readonly read?: number;
}

/** The most that a case may take, each in proportion to something that is measured beside it. */
export interface Target {
  /** CPU time of this case … */
  readonly of?: string;
  /** … times this, … */
  readonly cpu?: number;
  /** … or so many seconds more. */
  readonly more?: number;
  /** Peak memory, in proportion to the dump's size, … */
  readonly peak?: number;
  /** … or to the peak of this case. */
  readonly peakOf?: string;
}

export interface Case {
  readonly name: string;
  readonly description: string;
  readonly target?: Target;
  /** @param executable that wrote the dump, if there is one; cases that measure typing use it */
  run(dump: string, directory: string, executable?: string): Sample;
}

const CLI = script("../../src/cli/main.js");
const MEASURE = script("measure.js");
const MEASURE_TABLES = script("measure-tables.js");
const USAGE = new URL("usage.js", import.meta.url).href;
/** The C source is not compiled into dist. */
const BASELINE_SOURCE = script("../../../test/bench/baseline.c");

export const CASES: readonly Case[] = [
  {
    name: "graph",
    description: "decode, sort, resolve: from the process's start until every pointer has its object",
    target: { of: "C", cpu: 0.75 },
    run(dump, directory) {
      const { phases } = measure("graph", dump, directory);
      return { ...phases, cpu: phases.graph };
    },
  },
  {
    name: "heap",
    description: "readHeap: the graph, roots, reachability, types; the whole process",
    run(dump, directory) {
      const { usage, phases } = measure("heap", dump, directory);
      return { cpu: usage.cpu - phases.read, peak: usage.peak };
    },
  },
  {
    name: "typed",
    description: "readHeap, and typing from --exe, if that is given; the whole process",
    run(dump, directory, executable) {
      const { usage, phases } = measure("typed", dump, directory, executable);
      return { cpu: usage.cpu - phases.read, peak: usage.peak };
    },
  },
  {
    name: "values",
    description:
      "containers and the walk of values, after typing from --exe: without, nothing; peak of the whole process",
    target: { of: "C", cpu: 0.6, peakOf: "typed", peak: 1.1 },
    run(dump, directory, executable) {
      const { usage, phases } = measure("values", dump, directory, executable);
      return { cpu: phases.values, peak: usage.peak };
    },
  },
  {
    name: "dominators",
    description: "dominators and retained sizes, after the graph; peak of the whole process",
    run(dump, directory) {
      const { usage, phases } = measure("dominators", dump, directory);
      return { cpu: phases.dominators, peak: usage.peak };
    },
  },
  {
    name: "typing",
    description: "typing from --exe, if that is given, and dominators",
    run(dump, directory, executable) {
      const { usage, phases } = measure("dominators", dump, directory, executable);
      return { cpu: phases.typing + phases.dominators, peak: usage.peak };
    },
  },
  {
    name: "retained",
    description: "the same, and pprof's retained profile",
    target: { of: "typing", cpu: 1.5 },
    run(dump, directory, executable) {
      const { usage, phases } = measure("retained", dump, directory, executable);
      return { cpu: phases.typing + phases.dominators + phases.retained, peak: usage.peak };
    },
  },
  {
    name: "info",
    description: "gohd info: the whole process",
    target: { of: "C", cpu: 1.3, peak: 0.75 },
    run: (dump, directory) => runNode([CLI, "info", dump], directory).usage,
  },
  {
    name: "heapsnapshot",
    description: "gohd convert --to heapsnapshot: the whole process",
    target: { of: "info", cpu: 3, peak: 1.5 },
    run: (dump, directory) => convert(dump, directory, ["--to", "heapsnapshot"]),
  },
  {
    name: "perfetto",
    description: "gohd convert --to perfetto: the whole process",
    target: { of: "heapsnapshot", cpu: 1.3, peak: 1.5 },
    run: (dump, directory) => convert(dump, directory, ["--to", "perfetto"]),
  },
  {
    name: "hprof",
    description: "gohd convert --to hprof: the whole process",
    target: { of: "heapsnapshot", cpu: 1.3, peak: 1.5 },
    run: (dump, directory) => convert(dump, directory, ["--to", "hprof"]),
  },
  {
    name: "dot",
    description: "gohd convert --to dot: the dominator tree drawn; the whole process",
    target: { of: "info", cpu: 3, peak: 1.5 },
    run: (dump, directory) => convert(dump, directory, ["--to", "dot"]),
  },
  {
    name: "dot types",
    description: "gohd convert --to dot --graph types; the whole process",
    target: { of: "info", cpu: 3, peak: 1.5 },
    run: (dump, directory) => convert(dump, directory, ["--to", "dot", "--graph", "types"]),
  },
  {
    name: "types",
    description: "gohd convert --to pprof --profile types: the whole process",
    target: { of: "info", more: 1 },
    run(dump, directory) {
      const output = join(directory, "out.pb.gz");
      const { usage } = runNode([CLI, "convert", dump, "--to", "pprof", "--profile", "types", "-o", output], directory);
      rmSync(output);
      return usage;
    },
  },
];

/** Writing the tables of a heap, and as many that DuckDB makes up: measured in one process, told by two cases. */
export function createTableCases(): readonly Case[] {
  let costs: TableCosts | undefined;
  const measureOnce = (
    dump: string,
    directory: string,
    executable: string | undefined,
  ): { readonly costs: TableCosts; readonly peak: number } => {
    const args = executable === undefined ? [] : [executable];
    const { usage, output } = runNode([MEASURE_TABLES, dump, ...args], directory);
    return { costs: JSON.parse(output) as TableCosts, peak: usage.peak };
  };
  return [
    {
      name: "tables",
      description:
        "the tables of --to parquet, written by DuckDB; without what they need (dominators, paths); peak of all",
      target: { of: "range", cpu: 2 },
      run(dump, directory, executable) {
        const measured = measureOnce(dump, directory, executable);
        ({ costs } = measured);
        return { cpu: costs.tables, peak: measured.peak };
      },
    },
    {
      name: "range",
      description: "as many rows and columns of the same types that DuckDB makes up itself",
      run(dump, directory, executable) {
        const taken = costs ?? measureOnce(dump, directory, executable).costs;
        costs = undefined;
        return { cpu: taken.range };
      },
    },
  ];
}

/** The C program as a case, or undefined where there is no C compiler. */
export function buildBaseline(directory: string): Case | undefined {
  const program = join(directory, "baseline");
  if (spawnSync("cc", ["-O2", "-o", program, BASELINE_SOURCE], { stdio: "inherit" }).status !== 0) return undefined;
  return {
    name: "C",
    description: "baseline.c: parse, sort, resolve by binary search",
    run: (dump) => ({ cpu: (JSON.parse(run(program, [dump])) as { cpu: number }).cpu }),
  };
}

function script(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

function convert(dump: string, directory: string, args: readonly string[]): Usage {
  const output = join(directory, "output");
  const { usage } = runNode([CLI, "convert", dump, ...args, "-o", output], directory);
  rmSync(output);
  return usage;
}

function measure(what: string, dump: string, directory: string, executable?: string): { usage: Usage; phases: Phases } {
  const files = executable === undefined ? [dump] : [dump, executable];
  const { usage, output } = runNode([MEASURE, what, ...files], directory);
  return { usage, phases: JSON.parse(output) as Phases };
}

interface Usage {
  readonly cpu: number;
  readonly peak: number;
}

function runNode(args: readonly string[], directory: string): { usage: Usage; output: string } {
  const file = join(directory, "usage.json");
  const output = run(process.execPath, ["--import", USAGE, ...args], { ...process.env, GOHD_BENCH_USAGE: file });
  if (!existsSync(file)) throw new Error(`bug: ${args.join(" ")} did not tell its usage`);
  const usage = JSON.parse(readFileSync(file, "utf8")) as Usage;
  rmSync(file);
  return { usage, output };
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}
