/** What is measured: each case runs a process of its own and tells what that process used. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Build, THIS_BUILD } from "./build.ts";
import type { Phases } from "./measure.ts";
import { run, runNode, type Usage } from "./processes.ts";

export interface Sample {
  /** CPU seconds, user and system. */
  readonly cpu: number;
  /** Seconds that the process took; undefined where only a part of it is measured. */
  readonly wall?: number;
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
  /** Wall time of this case … */
  readonly wallOf?: string;
  /** … times this. Says something on a machine that does nothing else. */
  readonly wall?: number;
}

/** What is measured with what. */
export interface Setting {
  readonly build: Build;
  readonly dump: string;
  /** The executable that wrote the dump, if there is one; cases that measure typing use it. */
  readonly executable: string | undefined;
  /** For files. */
  readonly directory: string;
}

export interface Case {
  readonly name: string;
  readonly description: string;
  readonly target?: Target;
  /** It is no part of gohd: it is the same whatever is measured. */
  readonly isForeign?: boolean;
  run(setting: Setting): Sample;
}

/** The C source is not compiled into dist. */
const BASELINE_SOURCE = fileURLToPath(new URL("../../../test/bench/baseline.c", import.meta.url));

/** Processes for one sample of what takes next to nothing. */
const STARTS = 5;

/** Formats that are written together, and one by one. */
const FORMATS = ["heapsnapshot", "pprof", "perfetto", "hprof"];

export const CASES: readonly Case[] = [
  {
    name: "graph",
    description: "decode, sort, resolve: from the process's start until every pointer has its object",
    target: { of: "C", cpu: 0.75 },
    run(setting) {
      const { phases } = measure("graph", { ...setting, executable: undefined });
      return { ...phases, cpu: phases.graph };
    },
  },
  {
    name: "heap",
    description: "readHeap: the graph, roots, reachability, types; the whole process",
    run(setting) {
      const { usage, phases } = measure("heap", { ...setting, executable: undefined });
      return { ...usage, cpu: usage.cpu - phases.read };
    },
  },
  {
    name: "typed",
    description: "readHeap, and typing from --exe, if that is given; the whole process",
    run(setting) {
      const { usage, phases } = measure("typed", setting);
      return { ...usage, cpu: usage.cpu - phases.read };
    },
  },
  {
    name: "values",
    description:
      "containers and the walk of values, after typing from --exe: without, nothing; peak of the whole process",
    target: { of: "C", cpu: 0.6, peakOf: "typed", peak: 1.1 },
    run(setting) {
      const { usage, phases } = measure("values", setting);
      return { cpu: phases.values, peak: usage.peak };
    },
  },
  {
    name: "dominators",
    description: "dominators and retained sizes, after the graph; peak of the whole process",
    run(setting) {
      const { usage, phases } = measure("dominators", { ...setting, executable: undefined });
      return { cpu: phases.dominators, peak: usage.peak };
    },
  },
  {
    name: "typing",
    description: "typing from --exe, if that is given, and dominators",
    run(setting) {
      const { usage, phases } = measure("dominators", setting);
      return { cpu: phases.typing + phases.dominators, peak: usage.peak };
    },
  },
  {
    name: "retained",
    description: "the same, and pprof's retained profile",
    target: { of: "typing", cpu: 1.5 },
    run(setting) {
      const { usage, phases } = measure("retained", setting);
      return { cpu: phases.typing + phases.dominators + phases.retained, peak: usage.peak };
    },
  },
  {
    name: "info",
    description: "gohd info: the whole process",
    target: { of: "C", cpu: 1.3, peak: 0.75, wallOf: "info alone", wall: 0.85 },
    run: (setting) => info(setting, []),
  },
  {
    name: "info alone",
    description: "the same by one thread",
    run: (setting) => info(setting, alone(setting)),
  },
  {
    name: "typed info",
    description: "gohd info, typed from --exe, if that is given; the whole process",
    target: { wallOf: "typed alone", wall: 0.9 },
    run: (setting) => info(setting, executableOf(setting)),
  },
  {
    name: "typed alone",
    description: "the same by one thread",
    run: (setting) => info(setting, [...executableOf(setting), ...alone(setting)]),
  },
  {
    name: "heapsnapshot",
    description: "gohd convert --to heapsnapshot: the whole process",
    target: { of: "info", cpu: 3, peak: 1.5 },
    run: (setting) => convert(setting, ["--to", "heapsnapshot"]),
  },
  {
    name: "perfetto",
    description: "gohd convert --to perfetto: the whole process",
    target: { of: "heapsnapshot", cpu: 1.3, peak: 1.5 },
    run: (setting) => convert(setting, ["--to", "perfetto"]),
  },
  {
    name: "hprof",
    description: "gohd convert --to hprof: the whole process",
    target: { of: "heapsnapshot", cpu: 1.3, peak: 1.5 },
    run: (setting) => convert(setting, ["--to", "hprof"]),
  },
  {
    name: "dot",
    description: "gohd convert --to dot: the dominator tree drawn; the whole process",
    target: { of: "info", cpu: 3, peak: 1.5 },
    run: (setting) => convert(setting, ["--to", "dot"]),
  },
  {
    name: "dot types",
    description: "gohd convert --to dot --graph types; the whole process",
    target: { of: "info", cpu: 3, peak: 1.5 },
    run: (setting) => convert(setting, ["--to", "dot", "--graph", "types"]),
  },
  {
    name: "types",
    description: "gohd convert --to pprof --profile types: the whole process",
    target: { of: "info", more: 1 },
    run: (setting) => convert(setting, ["--to", "pprof", "--profile", "types"]),
  },
  {
    name: "pprof",
    description: "gohd convert --to pprof, typed from --exe, if that is given; the whole process",
    run: (setting) => convertTyped(setting, ["pprof"]),
  },
  {
    name: "report",
    description: "gohd report, typed from --exe, if that is given; the whole process",
    target: { of: "pprof", cpu: 1.35, peakOf: "pprof", peak: 1, wallOf: "report alone", wall: 0.85 },
    run: (setting) => report(setting, executableOf(setting)),
  },
  {
    name: "report alone",
    description: "the same by one thread",
    run: (setting) => report(setting, [...executableOf(setting), ...alone(setting)]),
  },
  {
    name: "bare report",
    description: "gohd report without an executable; the whole process",
    target: { of: "info", cpu: 2 },
    run: (setting) => report(setting, []),
  },
  {
    name: "together",
    description: `gohd convert --to ${FORMATS.join(" --to ")}, typed from --exe, if that is given; the whole process`,
    target: { of: "one by one", cpu: 0.6, peakOf: "one by one", peak: 1.05 },
    run: (setting) => convertTyped(setting, FORMATS),
  },
  {
    name: "one by one",
    description: "the same formats in as many runs: the sum of their times, the greatest of their peaks",
    run: (setting) => sum(FORMATS.map((format) => convertTyped(setting, [format]))),
  },
  {
    name: "node",
    description: "node -e 0: what starting costs without gohd",
    isForeign: true,
    run: ({ directory }) => average(() => runNode(["-e", "0"], directory).usage),
  },
  {
    name: "version",
    description: "gohd --version",
    target: { of: "node", cpu: 1.5 },
    run: ({ build, directory }) => average(() => runNode([build.cli, "--version"], directory).usage),
  },
  {
    name: "help",
    description: "gohd --help",
    run: ({ build, directory }) => average(() => runNode([build.cli, "--help"], directory).usage),
  },
];

/** The C program as a case, or undefined where there is no C compiler. */
export function buildBaseline(directory: string): Case | undefined {
  const program = join(directory, "baseline");
  if (spawnSync("cc", ["-O2", "-o", program, BASELINE_SOURCE], { stdio: "inherit" }).status !== 0) return undefined;
  return {
    name: "C",
    description: "baseline.c: parse, sort, resolve by binary search",
    isForeign: true,
    run({ dump }) {
      const { output, wall } = run(program, [dump]);
      return { cpu: (JSON.parse(output) as { cpu: number }).cpu, wall };
    },
  };
}

/** Converts into one output: a file, or a folder with several formats. */
function convert({ build, dump, directory }: Setting, args: readonly string[]): Usage {
  const output = join(directory, "output");
  const { usage } = runNode([build.cli, "convert", dump, ...args, "-o", output], directory);
  rmSync(output, { recursive: true });
  return usage;
}

function info({ build, dump, directory }: Setting, args: readonly string[]): Usage {
  return runNode([build.cli, "info", dump, ...args], directory).usage;
}

function report({ build, dump, directory }: Setting, args: readonly string[]): Usage {
  return runNode([build.cli, "report", dump, ...args], directory).usage;
}

function executableOf({ executable }: Setting): string[] {
  return executable === undefined ? [] : ["--exe", executable];
}

/** What has gohd work with one thread. Another commit may not know it, and is measured as it is. */
function alone({ build }: Setting): string[] {
  return build === THIS_BUILD ? ["--workers", "0"] : [];
}

function convertTyped(setting: Setting, formats: readonly string[]): Usage {
  if (formats.length > 1) mkdirSync(join(setting.directory, "output"));
  const to = formats.flatMap((format) => ["--to", format]);
  return convert(setting, [...to, ...executableOf(setting)]);
}

function sum(usages: readonly Usage[]): Usage {
  const total = (of: (usage: Usage) => number): number => usages.reduce((all, usage) => all + of(usage), 0);
  return {
    cpu: total(({ cpu }) => cpu),
    wall: total(({ wall }) => wall),
    peak: Math.max(...usages.map(({ peak }) => peak)),
  };
}

/** The mean of several runs, because one is about as short as what the system makes of it. */
function average(start: () => Usage): Usage {
  const { cpu, wall, peak } = sum(Array.from({ length: STARTS }, start));
  return { cpu: cpu / STARTS, wall: wall / STARTS, peak };
}

function measure(what: string, setting: Setting): { usage: Usage; phases: Phases } {
  const { usage, output } = runNode([setting.build.measure, what, ...filesOf(setting)], setting.directory);
  return { usage, phases: JSON.parse(output) as Phases };
}

/** The arguments of programs that measure. */
export function filesOf({ dump, executable }: Setting): string[] {
  return executable === undefined ? [dump] : [dump, executable];
}
