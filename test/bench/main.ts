/**
 * `npm run bench`: what gohd costs. Every measurement is a process of its own, so that CPU time and memory are those of
 * the whole; the cases take turns, so that a busy machine disturbs all of them alike; medians are shown.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Build, buildCommit, THIS_BUILD } from "./build.ts";
import { buildBaseline, CASES, type Case, type Sample } from "./cases.ts";
import { generateDump } from "./generate.ts";
import { formatComparison, formatGrowth, formatReport } from "./report.ts";
import { createTableCases } from "./table-cases.ts";

const USAGE = `usage: npm run bench -- [options]

  --dump FILE     measure a real dump (uncompressed)
  --exe FILE      the executable that wrote it, for the cases that measure typing, and for tables
  --size 256M     measure a generated dump of about this size (default)
  --scale         generated dumps of a quarter and all of --size: is time linear?
  --runs 5        measurements per case
  --only graph,C  only these cases
  --against REF   measure that commit, too, in turn with this tree, and compare
`;

const SEED = 1;

/** How much larger the larger of two dumps is. */
const SCALE = 4;

const options = parseOptions();
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${options.runs}: a positive number`);
const directory = mkdtempSync(join(tmpdir(), "gohd-bench-"));
try {
  const cases = chooseCases(options.only?.split(","));
  const other = options.against === undefined ? undefined : buildCommit(options.against, directory);
  for (const { name, description } of cases) print(`${name.padEnd(14)}${description}\n`);
  if (options.dump !== undefined) {
    measureDump(options.dump, cases, other);
  } else {
    const size = parseSize(options.size);
    const samples = (options.scale ? [SCALE, 1] : [1]).map((part) => {
      const dump = join(directory, "generated.dump");
      generateDump(dump, size / part, SEED);
      const taken = measureDump(dump, cases, other);
      rmSync(dump);
      return taken;
    });
    if (options.scale) print(`\n${formatGrowth(SCALE, samples[0]!, samples[1]!)}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Ends the process where there is nothing to measure. */
function parseOptions() {
  try {
    const { values } = parseArgs({
      options: {
        dump: { type: "string" },
        exe: { type: "string" },
        size: { type: "string", default: "256M" },
        scale: { type: "boolean", default: false },
        runs: { type: "string", default: "5" },
        only: { type: "string" },
        against: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (!values.help) return values;
    print(USAGE);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function chooseCases(only: readonly string[] | undefined): readonly Case[] {
  const baseline = buildBaseline(directory);
  if (!baseline) print("no C compiler: without the comparison\n");
  const all = [...CASES, ...createTableCases(), ...(baseline ? [baseline] : [])];
  const unknown = only?.find((name) => !all.some((known) => known.name === name));
  if (unknown !== undefined) throw new Error(`no case ${unknown}; there are ${all.map(({ name }) => name).join(", ")}`);
  return only ? all.filter(({ name }) => only.includes(name)) : all;
}

function measureDump(
  dump: string,
  cases: readonly Case[],
  other: Build | undefined,
): ReadonlyMap<Case, readonly Sample[]> {
  const samples = new Map<Case, Sample[]>(cases.map((measured) => [measured, []]));
  const others = new Map<Case, Sample[]>(
    other === undefined ? [] : cases.filter(({ isForeign }) => !isForeign).map((measured) => [measured, []]),
  );
  const setting = { dump, directory, executable: options.exe };
  for (let round = 0; round < runs; round++) {
    for (const measured of cases) samples.get(measured)!.push(measured.run({ ...setting, build: THIS_BUILD }));
    for (const [measured, taken] of others) {
      try {
        taken.push(measured.run({ ...setting, build: other! }));
      } catch (error) {
        // An older gohd cannot do everything.
        others.delete(measured);
        print(`${measured.name}: not with ${options.against}: ${(error as Error).message}\n`);
      }
    }
  }
  print(`\n${formatReport(statSync(dump).size, samples)}`);
  if (other !== undefined) print(`\n${formatComparison(other.commit!, samples, others)}`);
  return samples;
}

/** Bytes of "64M", "1G", "500000". */
function parseSize(text: string): number {
  const match = /^(\d+)([KMG]?)$/i.exec(text);
  if (!match) throw new Error(`--size ${text}: a number with K, M or G`);
  return Number(match[1]) * 1024 ** ["", "K", "M", "G"].indexOf(match[2]!.toUpperCase());
}

function print(text: string): void {
  process.stdout.write(text);
}
