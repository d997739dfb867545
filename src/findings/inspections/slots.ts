/** Inspection of slots: types whose values are much smaller than the slots that the allocator has for them. */
import { HAS_POINTERS, objectSize, REACHABLE, valueOffset } from "../../heap/objects.ts";
import { Structure } from "../../heap/value-layouts.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, mayCount } from "./facts.ts";
import { Tally } from "./tally.ts";

/** Values without pointers below this size share slots of it: what else is in one is not known. runtime/malloc.go, maxTinySize. */
const TINY_SIZE = 16;
/** Beyond the smallest, size classes are so near to one another that no value wastes more of its slot. */
const LEAST_WASTE = 1 / 8;

/** Finds types that waste more of their slots than size classes have to. O(objects). */
export function inspectSlots(facts: Facts): Finding[] {
  const { objects, types } = facts.heap;
  const { layouts } = types;
  const tally = new Tally((row) => types.names[row]!);
  /** Bytes of a row's value; 0 where objects are of many, or no Go type. */
  const sizeOf = Float64Array.from({ length: types.count }, (_, row) => {
    const layout = layouts?.of(row);
    return layout === undefined || layout.isMany || layouts!.structure[row] !== Structure.NONE ? 0 : layout.size;
  });
  /** Bytes that an object wastes; 0 if they do not count. */
  const wastedBy = (object: number): number => {
    const value = sizeOf[objects.type[object]!]!;
    if (value === 0 || (objects.flags[object]! & REACHABLE) === 0) return 0;
    const slot = objectSize(objects, object);
    const wasted = slot - valueOffset(objects, object) - value;
    const isShared = value < TINY_SIZE && slot === TINY_SIZE && (objects.flags[object]! & HAS_POINTERS) === 0;
    // Strings and other bytes are as long as they are.
    return value > 1 && !isShared && wasted > LEAST_WASTE * slot ? wasted : 0;
  };
  const total = new Float64Array(types.count);
  for (let object = 0; object < objects.count; object++) total[objects.type[object]!]! += wastedBy(object);
  const isWorth = total.map((bytes) => (mayCount(facts, "size-class-waste", bytes) ? 1 : 0));
  if (!isWorth.includes(1)) return [];
  for (let object = 0; object < objects.count; object++) {
    const row = objects.type[object]!;
    const wasted = isWorth[row] === 1 ? wastedBy(object) : 0;
    if (wasted === 0) continue;
    const sums = { slotBytes: objectSize(objects, object), valueBytes: sizeOf[row]! };
    tally.addBad(row, object, wasted, isGuessed(facts, object), sums);
  }
  return makeFindings(
    facts,
    "size-class-waste",
    tally.bad(),
    ({ count, bytes, sums: { slotBytes = 0, valueBytes = 0 } }) => ({
      problem:
        `${formatNumber(count, "value")} of ${formatCount(valueBytes / count)} bytes ${count === 1 ? "is in a slot" : "are in slots"} of ` +
        `${formatCount(slotBytes / count)}: ${formatBytes(bytes)} ${count === 1 ? "behind it" : "between them"}`,
      evidence: { values: count, slotBytes, valueBytes },
    }),
    { holderKind: "type" },
  );
}
