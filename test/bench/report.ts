/** Turns samples into a table: medians, rates, and ratios to reading the file and to the C program. */
import type { Case, Sample } from "./cases.ts";

/** Prints one line per case. */
export function formatReport(dumpSize: number, samples: ReadonlyMap<Case, readonly Sample[]>): string {
  const graph = [...samples].find(([{ name }]) => name === "graph")?.[1];
  const objects = graph?.[0]?.objects;
  const edges = graph?.[0]?.edges;
  const read = graph && median(graph.map((sample) => sample.read ?? Number.NaN));
  const baseline = [...samples].find(([{ name }]) => name === "C")?.[1];
  const c = baseline && median(baseline.map(({ cpu }) => cpu));

  const rows = [["", "CPU s", "min–max", "MB/s", "M objects/s", "peak MiB", "× read", "× C"]];
  const row = (name: string, cpus: readonly number[], peaks: readonly number[]): void => {
    const cpu = median(cpus);
    rows.push([
      name,
      cpu.toFixed(2),
      `${Math.min(...cpus).toFixed(2)}–${Math.max(...cpus).toFixed(2)}`,
      (dumpSize / cpu / 1e6).toFixed(0),
      objects === undefined ? "" : (objects / cpu / 1e6).toFixed(2),
      peaks.length === 0 ? "" : (median(peaks) / 2 ** 20).toFixed(0),
      read === undefined ? "" : (cpu / read).toFixed(1),
      c === undefined ? "" : (cpu / c).toFixed(2),
    ]);
  };
  if (graph) {
    const reads = graph.map((sample) => sample.read ?? Number.NaN);
    row("read", reads, []);
  }
  for (const [{ name }, taken] of samples) {
    row(
      name,
      taken.map(({ cpu }) => cpu),
      taken.flatMap(({ peak }) => (peak === undefined ? [] : [peak])),
    );
  }
  const counts = objects === undefined ? "" : `, ${objects} objects, ${edges} edges`;
  return `${(dumpSize / 1e6).toFixed(0)} MB${counts}\n${align(rows)}`;
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
