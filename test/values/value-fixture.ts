/** Types and maps' layouts that the tests of values share, and a walk that lists what it was shown. */
import type { Heap } from "../../src/heap/heap.ts";
import { WordKind } from "../../src/heap/value-layouts.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { Holders } from "../../src/values/holders.ts";
import { walkValues } from "../../src/values/value-walk.ts";
import type { FixtureType, TypeFixture } from "../typing/type-fixture.ts";

const KIND_NAMES = Object.keys(WordKind).map((name) => name.toLowerCase());

export interface SeenValue {
  readonly place: string;
  readonly kind: string;
  readonly target: number;
  readonly inside: number;
  readonly length: number;
  readonly capacity: number;
}

/** All values of a heap, in the order in which the walk shows them. */
export async function listValues(heap: Heap): Promise<SeenValue[]> {
  const holders = await Holders.find(heap, NO_PROGRESS);
  const seen: SeenValue[] = [];
  const visitor = {
    values(batch: Parameters<NonNullable<Parameters<typeof walkValues>[1][number]["values"]>>[0]) {
      for (let k = 0; k < batch.count; k++) {
        const place = holders.placeOfValue(batch.holder[k]!, batch.word[k]!);
        seen.push({
          place: holders.places.name(place),
          kind: KIND_NAMES[batch.kind[k]!]!,
          target: batch.target[k]!,
          inside: batch.inside[k]!,
          length: batch.length[k]!,
          capacity: batch.capacity[k]!,
        });
      }
    },
  };
  await walkValues(heap, [visitor], NO_PROGRESS);
  return seen;
}

/** A map type with groups of 8 slots as Go 1.24 has them: control word, then keys with their elements. */
export function addSwissMap(types: TypeFixture, key: FixtureType, elem: FixtureType): FixtureType {
  if (types.executable().universe.named("internal/runtime/maps.Map") === undefined) addSwissLayouts(types);
  const slot = types.struct(`struct { key ${key.name}; elem ${elem.name} }`, [
    ["key", key],
    ["elem", elem],
  ]);
  const group = types.struct(`map.group[${key.name}]${elem.name}`, [
    ["ctrl", types.add(11, "uint64", 8)],
    ["slots", types.array(8, slot)],
  ]);
  return types.map(key, elem, group);
}

function addSwissLayouts(types: TypeFixture): void {
  const uint16 = types.add(9, "uint16", 2);
  const uint64 = types.add(11, "uint64", 8);
  types.struct("internal/runtime/maps.Map", [
    ["used", uint64],
    ["seed", types.uintptr()],
    ["dirPtr", types.unsafePointer()],
    ["dirLen", types.int()],
    ["globalDepth", uint64],
    ["clearSeq", uint64],
  ]);
  const groups = types.struct("internal/runtime/maps.groupsReference", [
    ["data", types.unsafePointer()],
    ["lengthMask", uint64],
  ]);
  types.struct("internal/runtime/maps.table", [
    ["used", uint16],
    ["capacity", uint16],
    ["growthLeft", uint16],
    ["localDepth", uint16],
    ["index", types.int()],
    ["groups", groups],
  ]);
}

/** A map type with buckets of 8 slots, as Go has them until 1.23. */
export function addBucketMap(types: TypeFixture, key: FixtureType, elem: FixtureType): FixtureType {
  const extra = types.struct("runtime.mapextra", [
    ["overflow", types.pointer(types.slice(types.unsafePointer()))],
    ["oldoverflow", types.pointer(types.slice(types.unsafePointer()))],
    ["nextOverflow", types.unsafePointer()],
  ]);
  types.struct("runtime.hmap", [
    ["count", types.int()],
    ["flags", types.uint8()],
    ["B", types.uint8()],
    ["noverflow", types.array(6, types.uint8())],
    ["buckets", types.unsafePointer()],
    ["oldbuckets", types.unsafePointer()],
    ["nevacuate", types.uintptr()],
    ["extra", types.pointer(extra)],
  ]);
  const bucket = types.struct(`map.bucket[${key.name}]${elem.name}`, [
    ["topbits", types.array(8, types.uint8())],
    ["keys", types.array(8, key)],
    ["elems", types.array(8, elem)],
    ["overflow", types.unsafePointer()],
  ]);
  return types.map(key, elem, bucket);
}

/** Declares the header of channels, without those who wait for them: 48 bytes with 64-bit words. */
export function addChannelHeader(types: TypeFixture): void {
  types.struct("runtime.hchan", [
    ["qcount", types.int()],
    ["dataqsiz", types.int()],
    ["buf", types.unsafePointer()],
    ["elemsize", types.int()],
    ["elemtype", types.uintptr()],
    ["recvx", types.int()],
  ]);
}
