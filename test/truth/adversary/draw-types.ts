/**
 * The types of an adversarial program, drawn from a seed: structs that begin with one another, contain one another and are
 * laid out alike, arrays of arrays, types with names of their own, large ones, ones without pointers.
 */
import { slotSizeFor } from "../../../src/heap/facts/size-classes.ts";
import {
  ANY,
  arrayOf,
  basic,
  chanOf,
  funcType,
  type GoField,
  type GoType,
  interfaceType,
  mapOf,
  named,
  pointerTo,
  STRING,
  sliceOf,
  structOf,
  UNSAFE,
} from "./go-types.ts";

export type Random = (below: number) => number;

/** What a program declares. */
export interface DrawnTypes {
  readonly structs: readonly GoType[];
  /** Other types with names, and what they are declared as. */
  readonly others: readonly { readonly type: GoType; readonly underlying: string }[];
  /** Interfaces with a method of the same name as the interface; each struct has all of them on its pointer. */
  readonly interfaces: readonly GoType[];
}

export const BASICS: readonly GoType[] = [
  ...["int", "int64", "uint64", "float64", "uintptr"].map((text) => basic(text, 8)),
  ...["int32", "uint32", "float32", "rune"].map((text) => basic(text, 4)),
  ...["int16", "uint16"].map((text) => basic(text, 2)),
  ...["int8", "uint8", "bool"].map((text) => basic(text, 1)),
  basic("complex128", 16, 8),
];

/** Types of the standard library, which have no fields that one may set. */
export const OPAQUE: readonly GoType[] = [
  { ...basic("sync.Mutex", 8, 4), isComparable: false },
  { ...basic("sync.RWMutex", 24, 4), isComparable: false },
  { ...basic("atomic.Int64", 8), isComparable: false },
  { ...STRING, text: "bytes.Buffer", kind: "basic", size: 40, isComparable: false },
  { ...STRING, text: "time.Time", kind: "basic", size: 24, pointers: [16], isComparable: false },
];

export const FUNCS: readonly GoType[] = ["func() int", "func(string) int"].map(funcType);

const EMPTY = structOf("struct{}", []);

/** Values with pointers of more bytes get a malloc header. */
const HEADER_SIZE = 512;

/** Whether something larger that begins with a type gets a slot of the same size. */
function hasRoom({ size, align }: GoType): boolean {
  return size >= 16 && slotSizeFor(size) >= size + align;
}

export function drawTypes(random: Random): DrawnTypes {
  const interfaces = [0, 1].map((i) => interfaceType(`I${i}`));
  const others: { type: GoType; underlying: string }[] = [];
  const declare = (name: string, underlying: GoType): GoType => {
    const type = named(name, underlying);
    others.push({ type, underlying: underlying.text });
    return type;
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  // Made first, so that all can point to all.
  const count = 14 + random(6);
  const structs = Array.from({ length: count }, (_, i) => ({ ...structOf(`T${i}`, []) }));
  const numbers = [declare("ID", BASICS[1]!), declare("Flag", basic("uint8", 1))];
  const scalar = (): GoType => (random(6) === 0 ? pick(numbers) : pick(BASICS));
  const key = (before: readonly GoType[]): GoType => {
    const structKeys = before.filter(({ isComparable, size }) => isComparable && size > 0 && size <= 64);
    return pick([
      () => STRING,
      () => STRING,
      () => scalar(),
      () => basic("int", 8),
      () => pointerTo(pick(structs)),
      () => pick(interfaces),
      () => arrayOf(1 + random(3), scalar()),
      () => (structKeys.length > 0 ? pick(structKeys) : STRING),
    ])();
  };
  /** A type for a field of a struct that comes behind `before`. */
  const draw = (before: readonly GoType[], depth: number): GoType => {
    const inner = (): GoType => draw(before, depth - 1);
    if (depth === 0) return pick([scalar, () => STRING, () => pointerTo(pick(structs))])();
    return pick([
      scalar,
      scalar,
      scalar,
      () => STRING,
      () => STRING,
      () => pointerTo(pick(structs)),
      () => pointerTo(pick(structs)),
      () => pointerTo(pick(structs)),
      () => pointerTo(inner()),
      () => sliceOf(random(2) === 0 && before.length > 0 ? pick(before) : inner()),
      () => sliceOf(pointerTo(pick(structs))),
      () => sliceOf(basic("uint8", 1)),
      () => arrayOf(1 + random(4), inner()),
      () => arrayOf(1 + random(3), arrayOf(1 + random(3), scalar())),
      () => mapOf(key(before), random(3) === 0 && before.length > 0 ? pick(before) : inner()),
      () => chanOf(inner()),
      () => pick(FUNCS),
      () => ANY,
      () => pick(interfaces),
      () => UNSAFE,
      () => pick(OPAQUE),
      () => (before.length > 0 ? pick(before) : scalar()),
      () => EMPTY,
    ])();
  };
  structs.forEach((struct, i) => {
    const before = structs.slice(0, i).filter(({ size }) => size > 0 && size < 400);
    const fields: Omit<GoField, "offset">[] = [];
    const taken = new Set<string>();
    const add = (type: GoType, canEmbed = true): void => {
      const isEmbedded = canEmbed && /^T\d+$/.test(type.text) && !taken.has(type.text) && random(2) === 0;
      const name = isEmbedded ? type.text : `${random(3) === 0 ? "f" : "F"}${fields.length}`;
      taken.add(name);
      fields.push({ name, isEmbedded, type });
    };
    const kind = i % 8;
    const first = before.length > 0 ? pick(before) : STRING;
    // Every eighth begins with another, one is two of another, one has no pointers, one is large, one is another's twin.
    if (kind === 1 || kind === 5) add(first);
    if (kind === 2) for (let k = 0; k < 2; k++) add(first, false);
    if (kind === 6) add(arrayOf(1 + random(4), first), false);
    const length = kind === 2 ? random(2) : 1 + random(6);
    for (let k = 0; k < length; k++)
      add(kind === 3 ? pick([scalar, () => arrayOf(1 + random(9), scalar())])() : draw(before, 2));
    if (kind === 4) add(arrayOf(40 + random(80), random(2) === 0 ? draw(before, 0) : scalar()), false);
    if (i === 7) {
      const drawn = structs[random(3) === 0 ? 3 : 0]!;
      const twin = drawn.size > 0 ? drawn : before[0]!;
      fields.length = 0;
      for (const [k, field] of twin.fields!.entries())
        fields.push({ name: `G${k}`, isEmbedded: false, type: field.type });
    }
    if (i === 8 && !before.some(hasRoom)) {
      fields.length = 0;
      for (const type of [STRING, pointerTo(pick(structs)), BASICS[0]!, pointerTo(pick(structs))]) add(type);
    }
    if (i === 9) {
      // One begins with another and is in the same size class.
      fields.length = 0;
      add(before.find(hasRoom)!);
      add(basic("byte", 1), false);
    }
    if (i === 12) {
      fields.length = 0;
      for (let k = 0; k < 3; k++) add(scalar());
      add(arrayOf(1100, basic("byte", 1)), false);
    }
    if (i === 11) {
      fields.length = 0;
      add(random(2) === 0 ? first : pick(BASICS));
      add(arrayOf(pick([1100, 1100, 4000, 36_000]), basic("byte", 1)), false);
    }
    if (i === 13 && !structs.slice(0, i).some(({ size, pointers }) => size > HEADER_SIZE && pointers.length > 0)) {
      add(pointerTo(pick(structs)));
      add(arrayOf(80, BASICS[0]!), false);
    }
    Object.assign(struct, structOf(struct.text, fields));
  });
  const small = structs.filter(({ size }) => size > 0 && size < 200);
  declare("List", sliceOf(pointerTo(pick(small))));
  declare("Table", mapOf(STRING, pick(small)));
  declare("Row", arrayOf(2 + random(5), pick(small)));
  declare("Text", STRING);
  return { structs, others, interfaces };
}
