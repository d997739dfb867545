/**
 * Whose heap a graph is, and of when. Perfetto takes graphs of one pid for one process, and those of another time for another dump of it;
 * a heap dump says neither. What two dumps of a process have in common, and no other process has, are its addresses.
 */
import { baseName, type Heap, MAX_INT64, type Progress, showName, UsageError } from "../../src/index.ts";
import type { GraphIdentity } from "./packets.ts";

/** Numbers that pids are made of; below them are those that mean something to an operating system. */
const FIRST_PID = 1_000;
const PIDS = 4_000_000;
const SEQUENCES = 2 ** 24;

/** Collections of one process are further apart than this many nanoseconds. */
const BETWEEN_COLLECTIONS = 1e6;
/** Later than what a dump tells of any time. */
const END_OF_TIME = MAX_INT64 - BETWEEN_COLLECTIONS;

/** What the names of files have behind those of programs. */
const ENDINGS = /(\.(dump|heapdump|exe|gz|zst|zstd))+$/i;

/**
 * Makes up the pid from the program's addresses and the time from the last collection, if none is told.
 * @param time as a date, or ""
 * @throws UsageError if it is no date
 */
export function identifyGraph(heap: Heap, time: string, progress: Progress): GraphIdentity {
  const { dump, segments } = heap;
  const places = segments.map(({ address, size }) => `${address}+${size}`);
  const pid = FIRST_PID + (hash([dump.go.text, dump.arch, dump.heapStart, ...places].join(" ")) % PIDS);
  const timestamp = time === "" ? timeOfDump(heap, progress) : parseTime(time);
  return { pid, timestamp, sequence: 1 + (hash(`${pid} ${timestamp}`) % SEQUENCES) };
}

/** What the process is called, unless a name is given: as the executable, which two dumps have in common, or else as the dump. */
export function processName({ program, dump }: Heap, given: string): string {
  if (given !== "") return showName(given);
  const file = program ?? baseName(dump.name);
  return showName(file.replace(ENDINGS, "") || file);
}

/**
 * When the last collection ended, which had best been just before the dump. Two dumps between two collections are told apart by how
 * much was allocated meanwhile, in less than a millisecond.
 */
function timeOfDump({ memStats }: Heap, progress: Progress): bigint {
  const { LastGC: lastCollection = 0, Mallocs: allocations = 0 } = memStats ?? {};
  const isKnown = lastCollection > 0 && lastCollection < END_OF_TIME;
  if (!isKnown) {
    progress.warn(
      "no-time",
      "the dump does not tell when its process last collected garbage: give --time to put it beside another one in a trace",
    );
  }
  return BigInt(isKnown ? lastCollection : 1) + BigInt(Math.floor(allocations % BETWEEN_COLLECTIONS));
}

function parseTime(time: string): bigint {
  const milliseconds = Date.parse(time);
  if (!(milliseconds > 0 && milliseconds * 1e6 < END_OF_TIME)) {
    throw new UsageError(`--time ${showName(time)} is no date from 1970 to 2262, such as 2026-11-28T10:30:00Z`);
  }
  return BigInt(milliseconds) * 1_000_000n;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
