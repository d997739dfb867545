/** Compares what the walk of values shows with what a program (`lengths/`) says of its own values. */
import { NO_OBJECT, valueAddress } from "../../src/heap/objects.ts";
import type { Heap } from "../../src/index.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import type { ChannelColumns } from "../../src/values/channel-counts.ts";
import type { MapColumns } from "../../src/values/map-counts.ts";
import { computeValues } from "../../src/values/values.ts";
import { listValues, type SeenValue } from "./value-fixture.ts";

export interface Comparison {
  /** Lines of the truth that were found, by kind. */
  readonly right: Readonly<Record<string, number>>;
  /** Lines that were not found as they are. */
  readonly missing: readonly string[];
  /** Values of the program's places that it does not know of. */
  readonly invented: readonly string[];
}

/**
 * @param heap of the dump, typed
 * @param truth lines of kind, place, address (hex), numbers: what `lengths/main.go` prints
 */
export async function compareLengths(heap: Heap, truth: string): Promise<Comparison> {
  const known = new Bag(truth.trim().split("\n"), (address) => heap.findObject(address) === NO_OBJECT);
  const found = [...(await describeValues(heap)), ...(await describeCounts(heap))];
  const right: Record<string, number> = {};
  const invented: string[] = [];
  for (const { kind, place, address, numbers } of found) {
    const isMain = place.startsWith("main.") && !place.includes("walker");
    if (known.take(`${kind}\t${place}\t${address}\t${numbers}`)) right[kind] = (right[kind] ?? 0) + 1;
    else if (isMain) invented.push(`${kind} ${place} ${address} ${numbers}`);
  }
  return { right, missing: known.rest(), invented };
}

interface Described {
  readonly kind: string;
  readonly place: string;
  readonly address: string;
  readonly numbers: string;
}

/** Strings and slices. */
async function describeValues(heap: Heap): Promise<Described[]> {
  const values = await listValues(heap);
  return values
    .filter(({ kind }) => kind === "string" || kind === "slice")
    .map(({ kind, place, target, inside, length, capacity }) => ({
      kind,
      place,
      address: target === NO_OBJECT ? "constant" : (valueAddress(heap.objects, target) + inside).toString(16),
      numbers: `${length} ${capacity}`,
    }));
}

/** Maps and channels, as the values that refer to them say where they are. */
async function describeCounts(heap: Heap): Promise<Described[]> {
  const { maps, channels } = await computeValues(heap, NO_PROGRESS);
  const values = await listValues(heap);
  const counts = values
    .filter(({ kind }) => kind === "map" || kind === "channel")
    .map(({ kind, place, target }) => ({
      kind: kind === "map" ? "map" : "chan",
      place,
      address: valueAddress(heap.objects, target).toString(16),
      numbers: kind === "map" ? mapNumbers(maps, target) : channelNumbers(channels, target),
    }));
  return [...counts, ...describeWaiters(heap, channels, values)];
}

function mapNumbers(maps: MapColumns, header: number): string {
  const row = maps.header.indexOf(header);
  if (row >= 0 && maps.slots[row]! < maps.entries[row]!) return `${maps.entries[row]} in ${maps.slots[row]} slots`;
  return row < 0 ? "no map" : String(maps.entries[row]);
}

/** Who waits for the channels of which the program knows it. */
function describeWaiters(heap: Heap, channels: ChannelColumns, values: readonly SeenValue[]): Described[] {
  return values
    .filter(({ kind, place }) => kind === "channel" && WAITED_FOR.test(place))
    .map(({ place, target }) => {
      const row = channels.header.indexOf(target);
      const address = valueAddress(heap.objects, target).toString(16);
      return { kind: "waiters", place, address, numbers: `${channels.receivers[row]} ${channels.senders[row]}` };
    });
}

const WAITED_FOR = /^main\.channels\.(waited|blocked|unbuffered|signals|full)$/;

function channelNumbers(channels: ChannelColumns, header: number): string {
  const row = channels.header.indexOf(header);
  if (row < 0) return "no channel";
  return `${channels.buffered[row]} ${channels.capacity[row]} ${channels.elementSize[row]}`;
}

/** Lines, of which some may be alike. Where constants are is not known to gohd: they are nowhere on the heap. */
class Bag {
  readonly #lines = new Map<string, number>();

  /** @param isConstant whether nothing on the heap is at an address */
  constructor(lines: readonly string[], isConstant: (address: number) => boolean) {
    for (const line of lines) {
      const [kind, place, address, numbers] = line.split("\t");
      const known = isConstant(Number.parseInt(address!, 16)) ? "constant" : address;
      const text = `${kind}\t${place}\t${known}\t${numbers}`;
      this.#lines.set(text, (this.#lines.get(text) ?? 0) + 1);
    }
  }

  take(line: string): boolean {
    const count = this.#lines.get(line);
    if (count === undefined) return false;
    if (count === 1) this.#lines.delete(line);
    else this.#lines.set(line, count - 1);
    return true;
  }

  rest(): string[] {
    return [...this.#lines.keys()];
  }
}
