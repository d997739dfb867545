/** Inspection of structs: fields that are zero in nearly all instances. Reads the contents of types that take much memory. */
import { computeHistogram } from "../../analysis/histogram.ts";
import { slotSizeFor } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, REACHABLE, TypeSource, valueOffset } from "../../heap/objects.ts";
import { isStandardPackage } from "../../heap/standard-packages.ts";
import { dependencyOfRow, packageOfRow } from "../../heap/type-package.ts";
import type { FieldDetails } from "../../heap/types.ts";
import { breathe, type Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { orderByPosition } from "../../values/file-order.ts";
import { SequentialReader } from "../../values/sequential-reader.ts";
import type { Finding } from "../finding.ts";
import { RULES } from "../rules.ts";
import { type Facts, makeFindings } from "./facts.ts";
import { Tally } from "./tally.ts";

/** Of a type, a field counts that is zero in this share of the instances. */
const ZERO_SHARE = 0.9;
/** Fewer instances say nothing. */
const LEAST_INSTANCES = 100;
/** Of types with more values, in arrays or not, one in so many is looked at, so that about this many are: the share is right to half a percent. */
const SAMPLE_SIZE = 1 << 14;
/** Of a row of the type table: whether its objects are looked at. */
const Chosen = { NOT: 0, ALONE: 1, ARRAY: 2 } as const;
/** Read at once: those that are looked at stand far apart. */
const WINDOW_SIZE = 1 << 14;
/** Objects between two breaths. */
const SLICE = 1 << 17;

/** Fields that are named. */
const MOST_NAMES = 5;

/** Locks and the like are zero when all is well. */
const ZERO_BY_DESIGN = /^(sync|sync\/atomic|internal\/sync)\./;

/** What is counted of a struct type: of values alone and in arrays together, for what one array leaves out others may need. */
interface Struct {
  /** That of the values alone, if there are any. */
  readonly row: number;
  readonly size: number;
  readonly fields: readonly FieldDetails[];
  /** Of so many values one after the other, alone or in arrays, one is looked at, … */
  readonly stride: number;
  /** … the next when so many have gone by. */
  next: number;
  values: number;
  /** Of the values those that are alone, and their slots with the header in front. */
  alone: number;
  aloneBytes: number;
  headerBytes: number;
  sampled: number;
  /** Those of them that are in use, … */
  instances: number;
  /** … and those of them whose type is guessed. */
  guessed: number;
  /** Instances in which each field is zero. */
  readonly zero: Float64Array;
}

/** Finds struct types with fields that are hardly ever set. */
export async function inspectZeroFields(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap } = facts;
  const structs = await chooseStructs(facts, progress);
  await countZeros(heap, structs, progress);
  const tally = new Tally((row) => heap.types.names[row]!);
  const names = new Map<string, string>();
  const modules = new Map<string, string>();
  for (const struct of new Set(structs.values())) {
    const { row, fields, zero, instances, guessed, values, sampled } = struct;
    if (instances < LEAST_INSTANCES) continue;
    // Where all values are in use this makes their number exact.
    const factor = values / sampled;
    const unset = fields.filter((_, i) => zero[i]! >= ZERO_SHARE * instances);
    if (unset.length === 0) continue;
    const perInstance = unset.reduce((sum, { type }) => sum + type.size, 0);
    // Of no two fields it is known whether the same values have them.
    const set = fields.reduce((sum, field, i) => sum + (unset.includes(field) ? instances - zero[i]! : 0), 0);
    const bytes = gainOf(heap, struct, perInstance, Math.min(instances, set) * factor);
    if (bytes <= 0) continue;
    const count = Math.round(instances * factor);
    const sums = { perInstance, fields: unset.length, set };
    tally.addSummed(row, count, bytes, sums, { guessed: (guessed / instances) * count });
    names.set(heap.types.names[row]!, listNames(unset));
    const module = dependencyOfRow(heap.types, row);
    if (module !== undefined) modules.set(heap.types.names[row]!, module);
  }
  return makeFindings(
    facts,
    "zero-fields",
    tally.bad(),
    ({ holder, count, bytes, sums: { perInstance = 0, fields = 0, set = 0 } }) => ({
      problem:
        `${formatNumber(fields, "field")} (${names.get(holder)}) of ${formatBytes(perInstance)} ${fields === 1 ? "is" : "are"} zero in nearly all of ` +
        `${formatCount(count)} values: ${set === 0 ? "without" : "behind a pointer to"} ${fields === 1 ? "it" : "them"} these would take ${formatBytes(bytes)} less`,
      evidence: { values: count, fields: names.get(holder)!, bytesOfFields: perInstance },
      ...adviceFor(modules.get(holder)),
    }),
    { holderKind: "type" },
  );
}

/**
 * What the values would take less with some fields in a struct of its own, behind a pointer; without these, if no value needs them. By
 * the slots, which may well stay as large as they are. Not above 0 if nothing would be won.
 * @param moved bytes of the fields
 * @param needed how many values need such a struct
 */
function gainOf(
  { dump: { pointerSize, go } }: Heap,
  { size, values, sampled, instances, alone, aloneBytes, headerBytes }: Struct,
  moved: number,
  needed: number,
): number {
  const pointer = needed === 0 ? 0 : pointerSize;
  const left = pointerSize * Math.ceil((size - moved) / pointerSize) + pointer;
  const slotOf = (bytes: number): number => slotSizeFor(bytes, go.minorMax >= 16);
  const header = alone === 0 ? 0 : headerBytes / alone;
  // What a slot is larger than that, as with red zones, the fields are not to blame for.
  const ofAlone = Math.min(aloneBytes, alone * slotOf(size + header)) - alone * slotOf(left + header);
  // Values alone are all in use, and of arrays the ends may not be.
  const inArrays = Math.max(0, (instances * values) / sampled - alone);
  return Math.round(ofAlone + inArrays * (size - left) - needed * slotOf(moved));
}

/** Of types that the program does not declare. */
function adviceFor(module: string | undefined): { readonly advice?: string } {
  if (module === undefined) return {};
  return { advice: `The type is one of the module ${module}: only there can its fields be moved; keep fewer of them.` };
}

function listNames(fields: readonly FieldDetails[]): string {
  const names = fields.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = fields.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Struct types whose objects are worth a finding, by row. */
async function chooseStructs({ heap, liveBytes }: Facts, progress: Progress): Promise<Map<number, Struct>> {
  const { types } = heap;
  const { reachableBytes } = await computeHistogram(heap, progress);
  const { leastShare, leastBytes } = RULES["zero-fields"];
  const chosen = new Map<number, Struct>();
  for (const rows of groupRows(heap, reachableBytes)) {
    const sum = (column: Float64Array): number => rows.reduce((total, row) => total + column[row]!, 0);
    const row = rows[0]!;
    if (sum(reachableBytes) < Math.max(leastBytes, leastShare * liveBytes)) continue;
    // Types of the standard library are nobody's to change.
    if (isStandardPackage(packageOfRow(types, row))) continue;
    const details = types.details?.(row);
    const fields = details?.fields.filter(
      ({ name, type }) => name !== "_" && type.size > 0 && !ZERO_BY_DESIGN.test(type.name),
    );
    const layout = types.layouts?.of(row);
    if (details === undefined || fields === undefined || fields.length < 2 || layout === undefined) continue;
    if (types.layouts!.structure[row] !== 0 || details.size === 0) continue;
    const stride = Math.max(1, Math.floor(sum(reachableBytes) / details.size / SAMPLE_SIZE));
    const zero = new Float64Array(fields.length);
    const struct: Struct = {
      row,
      size: details.size,
      fields,
      stride,
      next: 0,
      values: 0,
      alone: 0,
      aloneBytes: 0,
      headerBytes: 0,
      sampled: 0,
      instances: 0,
      guessed: 0,
      zero,
    };
    for (const each of rows) chosen.set(each, struct);
  }
  return chosen;
}

/** Rows of live objects, those of a type's values alone in front of the one of arrays of them. */
function groupRows({ types }: Heap, reachableBytes: Float64Array): Iterable<readonly number[]> {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < types.count; row++) {
    if (reachableBytes[row] === 0) continue;
    const alone = types.layouts?.of(row)?.isMany === true ? types.details?.(row)?.element?.row : undefined;
    const isAloneLive = alone !== undefined && reachableBytes[alone]! > 0;
    const key = isAloneLive ? alone : row;
    const group = groups.get(key) ?? [];
    groups.set(key, isAloneLive ? [...group, row] : [row, ...group]);
  }
  return groups.values();
}

async function countZeros(heap: Heap, structs: ReadonlyMap<number, Struct>, progress: Progress): Promise<void> {
  if (structs.size === 0) return;
  const { objects } = heap;
  const reader = new SequentialReader(heap, WINDOW_SIZE);
  const { count, first, end } = orderByPosition(objects);
  const isChosen = new Uint8Array(heap.types.count);
  for (const row of structs.keys()) isChosen[row] = heap.types.layouts!.of(row)!.isMany ? Chosen.ARRAY : Chosen.ALONE;
  progress.phase("looking at fields", objects.count, "objects");
  let done = 0;
  let nextBreath = SLICE;
  for (let run = 0; run < count; run++) {
    for (let from = first[run]!; from < end[run]!; from += SLICE) {
      const to = Math.min(end[run]!, from + SLICE);
      countObjects(heap, reader, isChosen, structs, from, to);
      done += to - from;
      if (done < nextBreath) continue;
      nextBreath = done + SLICE;
      progress.update(done);
      await breathe(progress);
    }
  }
}

function countObjects(
  heap: Heap,
  reader: SequentialReader,
  isChosen: Uint8Array,
  structs: ReadonlyMap<number, Struct>,
  from: number,
  end: number,
): void {
  const { objects } = heap;
  const { type, flags } = objects;
  for (let object = from; object < end; object++) {
    const chosen = isChosen[type[object]!]!;
    if (chosen === Chosen.NOT || (flags[object]! & REACHABLE) === 0) continue;
    const struct = structs.get(type[object]!)!;
    const isMany = chosen === Chosen.ARRAY;
    const first = struct.values;
    if (!isMany) {
      struct.alone++;
      struct.aloneBytes += objectSize(objects, object);
      struct.headerBytes += valueOffset(objects, object);
    }
    struct.values += isMany
      ? Math.floor((objectSize(objects, object) - valueOffset(objects, object)) / struct.size)
      : 1;
    while (struct.next < struct.values) {
      countValue(heap, reader, object, struct, (struct.next - first) * struct.size, isMany);
      struct.sampled++;
      struct.next = struct.stride * struct.sampled + (scatter(struct.sampled) % struct.stride);
    }
  }
}

/** A number that follows no pattern: every other value, say, may be of another kind than those between. */
function scatter(number: number): number {
  const mixed = Math.imul(number ^ (number >>> 15), 0x85eb_ca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35) >>> 16;
}

/** @param inside where the value is in what the object holds */
function countValue(
  { objects }: Heap,
  reader: SequentialReader,
  object: number,
  struct: Struct,
  inside: number,
  isMany: boolean,
): void {
  const { size, fields, zero } = struct;
  const at = objects.position[object]! + valueOffset(objects, object) + inside;
  reader.ensure(at, size);
  // The end of an array that is not in use yet says nothing of its values.
  if (isMany && isZero(reader, at, size)) return;
  struct.instances++;
  if (objects.typeSource[object] === TypeSource.INFERRED) struct.guessed++;
  for (let i = 0; i < fields.length; i++) {
    const { offset, type } = fields[i]!;
    if (isZero(reader, at + offset, type.size)) zero[i]!++;
  }
}

/** Whether bytes in the reader's window are all 0; what the dump does not have is not. */
function isZero({ view, start }: SequentialReader, position: number, size: number): boolean {
  const end = position - start + size;
  if (end > view.byteLength) return false;
  let at = position - start;
  for (; at + 4 <= end; at += 4) if (view.getInt32(at) !== 0) return false;
  for (; at < end; at++) if (view.getInt8(at) !== 0) return false;
  return true;
}
