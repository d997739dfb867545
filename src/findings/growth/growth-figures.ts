/** Figures of growth as people read them: signed, from one dump to the next, as a line of bars. */
import { formatBytes, formatCount } from "../../quantities.ts";
import type { FindingGrowth } from "./growth.ts";

/** "374 KiB (383,192 B)"; "512 B". Of numbers that are not negative. */
export function formatExact(bytes: number): string {
  const rounded = formatBytes(bytes);
  return rounded.endsWith(" B") ? rounded : `${rounded} (${formatCount(bytes)} B)`;
}

/** "+ 12 KiB", "− 3", "± 0". */
export function formatSigned(value: number, format: (value: number) => string): string {
  if (value === 0) return `± ${format(0)}`;
  return `${value < 0 ? "−" : "+"} ${format(Math.abs(value))}`;
}

/** "46.2 KiB → 609 KiB"; of many dumps the first and the last. */
export function formatChange(values: readonly number[], format: (value: number) => string): string {
  return `${format(values[0]!)} → ${format(values.at(-1)!)}`;
}

/** Whether a finding was worth telling in the first dump and in the last: else nobody knows by how much it grew. */
export function isToldAtBoth({ bytes }: FindingGrowth): boolean {
  return bytes[0] !== 0 && bytes.at(-1) !== 0;
}

const BARS = "▁▂▃▄▅▆▇█";

/** A bar for each value, from the least to the greatest. */
export function sparkline(values: readonly number[]): string {
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  return values
    .map((value) => BARS[range === 0 ? 0 : Math.round(((value - least) / range) * (BARS.length - 1))]!)
    .join("");
}
