/** The largest single things in a holder in sentences: entries of a map by their keys, elements by their index. */
import { formatBytes } from "../../quantities.ts";
import { type Holder, type HolderEntry, WITHOUT_POINTER } from "../holders/holder.ts";
import { GUESSED, LONGEST_NAME, sayName } from "./said-names.ts";

/** A thing with this share of what a holder has, … */
const MUCH = 0.1;
/** … and so many times what things of its type have there on average, is told before anybody asks. */
const UNEVEN = 3;
const MOST_OUTSTANDING = 2;
/** Things of one type with less of what a holder has are not told of. */
const LEAST_TOLD = 0.05;

/** "the largest: main.cache["report"], 40.0 MiB; on average 12.5 KiB each"; nothing where all are about alike, or each is told anyway. */
export function sayOutstanding(holder: Holder): string[] {
  const outstanding = holder.largest.filter((entry) => {
    const average = averageOf(entry, holder);
    return average !== undefined && entry.bytes >= MUCH * holder.bytes && entry.bytes >= UNEVEN * average;
  });
  return say(outstanding.slice(0, MOST_OUTSTANDING), holder);
}

/** The same of all of them, for whoever wants everything. */
export function sayLargest(holder: Holder): string[] {
  return say(
    holder.largest.filter((entry) => averageOf(entry, holder) !== undefined),
    holder,
  );
}

/**
 * What things of its type have in the holder, in bytes; undefined where it is alone, and told as such, where they have next to nothing
 * together, or nothing names it.
 */
function averageOf({ type, path }: HolderEntry, { parts, bytes }: Holder): number | undefined {
  if (path.endsWith(WITHOUT_POINTER)) return undefined;
  const alike = parts.filter((part) => part.type === type);
  const count = alike.reduce((sum, part) => sum + part.count, 0);
  const all = alike.reduce((sum, part) => sum + part.bytes, 0);
  return count > 1 && all >= LEAST_TOLD * bytes ? all / count : undefined;
}

/** A line for each type that they are of: an average is of one. */
function say(entries: readonly HolderEntry[], holder: Holder): string[] {
  // Without keys, entries of a map are all called the same: the first stands for them.
  const named = entries.filter(({ path }, i) => entries.findIndex((other) => other.path === path) === i);
  const mark = holder.isPathGuessed || holder.typeSource === "inferred" ? GUESSED : "";
  return [...new Set(named.map(({ type }) => type))].map((type) => {
    const alike = named.filter((entry) => entry.type === type);
    const largest = alike.map(({ path, bytes }) => `${sayName(path, LONGEST_NAME)}${mark}, ${formatBytes(bytes)}`);
    return `the largest: ${largest.join("; ")}; on average ${formatBytes(averageOf(alike[0]!, holder)!)} each`;
  });
}
