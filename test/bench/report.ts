/** Turns samples into tables: medians, rates, ratios to reading the file and to the C program; and whether targets are met. */
import type { Case, Sample } from "./cases.ts";

/** Time may grow by so much more than the dump does. */
const GROWTH_TOLERANCE = 1.1;

type Samples = ReadonlyMap<Case, readonly Sample[]>;

/** Prints one line per case, and one per target. */
export function formatReport(dumpSize: number, samples: Samples): string {
  const cpus = new Map<string, number>();
  const peaks = new Map<string, number>();
  const walls = new Map<string, number>();
  const rows = [["", "CPU s", "min–max", "wall s", "MB/s", "M objects/s", "peak MB", "× dump", "× read", "× C"]];
  const graph = [...samples].find(([{ name }]) => name === "graph")?.[1];
  const { objects, edges } = graph?.[0] ?? {};
  const measured: [name: string, samples: readonly Sample[]][] = [...samples].map(([{ name }, taken]) => [name, taken]);
  if (graph) measured.unshift(["read", graph.map(({ read }) => ({ cpu: read ?? Number.NaN }))]);
  for (const [name, taken] of measured) {
    cpus.set(name, median(taken.map(({ cpu }) => cpu)));
    const peak = medianOf(taken.map((sample) => sample.peak));
    if (peak !== undefined) peaks.set(name, peak);
    const wall = wallOf(taken);
    if (wall !== undefined) walls.set(name, wall);
  }
  const ratio = (value: number | undefined, base: number | undefined): string =>
    value === undefined || base === undefined ? "" : (value / base).toFixed(2);
  for (const [name, taken] of measured) {
    const cpu = cpus.get(name)!;
    const peak = peaks.get(name);
    const all = taken.map((sample) => sample.cpu);
    rows.push([
      name,
      cpu.toFixed(2),
      `${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)}`,
      wallOf(taken)?.toFixed(2) ?? "",
      (dumpSize / cpu / 1e6).toFixed(0),
      objects === undefined ? "" : (objects / cpu / 1e6).toFixed(2),
      peak === undefined ? "" : (peak / 1e6).toFixed(0),
      ratio(peak, dumpSize),
      ratio(cpu, cpus.get("read")),
      ratio(cpu, cpus.get("C")),
    ]);
  }
  const counts = objects === undefined ? "" : `, ${objects} objects, ${edges} edges`;
  const targets = [...samples.keys()].flatMap(({ name, target }) => {
    const base = cpus.get(target?.of ?? "");
    return [
      ...(target?.cpu && base ? [verdict(`${name}: CPU × ${target.of}`, cpus.get(name)! / base, target.cpu)] : []),
      ...(target?.more && base
        ? [verdict(`${name}: CPU s beyond ${target.of}`, cpus.get(name)! - base, target.more)]
        : []),
      ...(target?.wall && walls.has(target.wallOf ?? "") && walls.has(name)
        ? [verdict(`${name}: wall × ${target.wallOf}`, walls.get(name)! / walls.get(target.wallOf!)!, target.wall)]
        : []),
      ...(target?.peak && (target.peakOf === undefined || peaks.has(target.peakOf))
        ? [
            verdict(
              `${name}: peak × ${target.peakOf ?? "dump"}`,
              peaks.get(name)! / (peaks.get(target.peakOf ?? "") ?? dumpSize),
              target.peak,
            ),
          ]
        : []),
    ];
  });
  const met = targets.length === 0 ? "" : `\n${align([["target", "is", "at most", ""], ...targets])}`;
  return `${(dumpSize / 1e6).toFixed(0)} MB${counts}\n${align(rows)}${met}`;
}

/** Compares this tree with a commit: one line per case that both can run, the ratio below 1 where this tree takes less. */
export function formatComparison(commit: string, samples: Samples, others: Samples): string {
  const rows = [...others].map(([measured, before]) => {
    const after = samples.get(measured)!;
    const cpus = [after, before].map((taken) => median(taken.map(({ cpu }) => cpu)));
    const walls = [after, before].map(wallOf);
    const peaks = [after, before].map((taken) => medianOf(taken.map(({ peak }) => peak)));
    return [
      measured.name,
      ...[cpus, walls, peaks.map((peak) => peak && peak / 1e6)].flatMap(([now, then]) =>
        now === undefined || then === undefined
          ? ["", "", ""]
          : [now.toFixed(2), then.toFixed(2), (now / then).toFixed(2)],
      ),
    ];
  });
  const title = (what: string): string[] => [what, commit.slice(0, 12), "×"];
  return align([["", ...title("CPU s"), ...title("wall s"), ...title("peak MB")], ...rows]);
}

function wallOf(taken: readonly Sample[]): number | undefined {
  return medianOf(taken.map(({ wall }) => wall));
}

/** The median of what is known; undefined if nothing is. */
function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

/** Tells whether time is linear in the dump: one line per case. */
export function formatGrowth(scale: number, small: Samples, large: Samples): string {
  const cpu = (taken: readonly Sample[]): number => median(taken.map((sample) => sample.cpu));
  const rows = [...large].map(([measured, taken]) =>
    verdict(measured.name, cpu(taken) / cpu(small.get(measured)!), scale * GROWTH_TOLERANCE),
  );
  return align([[`CPU × that of a dump ${scale} times smaller`, "is", "at most", ""], ...rows]);
}

function verdict(what: string, is: number, atMost: number): string[] {
  return [what, is.toFixed(2), atMost.toFixed(2), is <= atMost ? "met" : "MISSED"];
}

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  "),
  );
  return `${lines.join("\n")}\n`;
}
