/**
 * Matching: the objects of two dumps of one process, by address, type and size. Go moves no objects, so one that has all three in
 * common is the same, unless its slot was freed meanwhile and given to another of its kind. A type that is guessed, or known in one
 * of the dumps only, tells nothing: what led to the object then may be gone.
 */
import type { Heap } from "../../heap/heap.ts";
import { TypeSource } from "../../heap/objects.ts";
import { TypeKind } from "../../heap/types.ts";
import { breathe, type Progress } from "../../progress.ts";
import { Retyped } from "./retyped.ts";

/**
 * What is kept of a heap's objects, to be matched with those of the next: views of the heap's columns, which keep nothing else of it.
 * 21 bytes an object.
 */
export interface ObjectIdentities {
  readonly count: number;
  /** Ascending. */
  readonly address: Float64Array;
  readonly size: Uint32Array;
  /** Row of the heap's own table of types. */
  readonly type: Int32Array;
  /** Of each of those rows, the number of the type among those of all dumps. */
  readonly typeNumber: Int32Array;
  /** Of each of those rows, how much it says: Telling. */
  readonly telling: Uint8Array;
  /** TypeSource of each object. */
  readonly typeSource: Uint8Array;
  /** Row of the heap's own table of paths. */
  readonly path: Int32Array;
  /** Of each of those rows, the row in the table of all dumps. */
  readonly pathRow: Int32Array;
  /** Of each row of the table of all dumps: 1 if it is garbage. */
  readonly isGarbage: Uint8Array;
  /** For addresses above 2^53, which are relative to it. */
  readonly addressBase: bigint;
}

/** What a type says of an object. */
const Telling = {
  /** What it is; without an executable the shape, which is all that objects can have in common then. */
  KNOWN: 0,
  /** Nothing, where other objects have types. */
  SHAPE: 1,
  /** That it is some channel: what waits for one leads to the runtime's own header. */
  ANY_CHANNEL: 2,
  CHANNEL: 3,
} as const;

/** Takes them from a heap. Linear in its types. */
export function identifyObjects(
  { objects, dump, types }: Heap,
  numbers: Pick<ObjectIdentities, "typeNumber" | "path" | "pathRow" | "isGarbage">,
): ObjectIdentities {
  const { count, address, size, type, typeSource } = objects;
  const telling = new Uint8Array(types.count);
  for (let row = 0; row < types.count && types.fields !== undefined; row++) telling[row] = tellingOf(types, row);
  return { count, address, size, type, typeSource, telling, addressBase: dump.addressBase, ...numbers };
}

/** Live objects by what became of them: columns by number of type, or by row of path. */
export interface Turnover {
  /** Live after, and not there, or garbage, before. */
  readonly added: Float64Array;
  /** Live before, and not there, or garbage, after. */
  readonly gone: Float64Array;
  /** Live in both. */
  readonly kept: Float64Array;
}

export interface Matches {
  readonly types: Turnover;
  readonly paths: Turnover;
  /** By row of path: bytes of objects live in both that came there from other paths, less of those that left it for others. */
  readonly moved: Float64Array;
  /** Objects live in both whose types have two names. */
  readonly retyped: Retyped;
  /** Objects of the dumps, live or not, that are in both. */
  readonly matched: number;
  /** Those of the earlier that are not in the later. */
  readonly missing: number;
}

/** Objects between two breaths. */
const SLICE = 1 << 18;

/**
 * Matches the objects of two dumps. One pass over both; 24 bytes a type, 32 a path.
 * @param typeCount numbers of types of all dumps. @param pathCount rows of the table of paths of all dumps
 */
export async function matchObjects(
  before: ObjectIdentities,
  after: ObjectIdentities,
  typeCount: number,
  pathCount: number,
  progress: Progress,
): Promise<Matches> {
  const types = emptyTurnover(typeCount);
  const paths = emptyTurnover(pathCount);
  const moved = new Float64Array(pathCount);
  const retyped = new Retyped(typeCount);
  const base = Number(after.addressBase - before.addressBase);
  let matched = 0;
  let at = 0;
  progress.phase("matching objects", after.count, "objects");
  const leave = (object: number): void => {
    const path = before.pathRow[before.path[object]!]!;
    if (before.isGarbage[path] === 1) return;
    types.gone[before.typeNumber[before.type[object]!]!]!++;
    paths.gone[path]!++;
  };
  for (let done = 0; done < after.count; done += SLICE) {
    progress.update(done);
    await breathe(progress);
    const end = Math.min(after.count, done + SLICE);
    for (let object = done; object < end; object++) {
      const address = after.address[object]! + base;
      while (at < before.count && before.address[at]! < address) leave(at++);
      const type = after.typeNumber[after.type[object]!]!;
      const path = after.pathRow[after.path[object]!]!;
      const isLive = after.isGarbage[path] === 0;
      const isSame =
        at < before.count &&
        before.address[at] === address &&
        before.size[at] === after.size[object] &&
        (before.typeNumber[before.type[at]!] === type || mayBeOne(before, at, after, object));
      const pathBefore = isSame ? before.pathRow[before.path[at]!]! : path;
      const wasLive = isSame && before.isGarbage[pathBefore] === 0;
      if (isSame) {
        matched++;
        if (wasLive && isLive && pathBefore !== path) {
          moved[path]! += after.size[object]!;
          moved[pathBefore]! -= after.size[object]!;
        }
        const typeBefore = before.typeNumber[before.type[at]!]!;
        if (wasLive && isLive && typeBefore !== type) retyped.add(typeBefore, type, after.size[object]!);
        if (wasLive && !isLive) leave(at);
        at++;
      }
      if (!isLive) continue;
      const { added, kept } = types;
      (wasLive ? kept : added)[type]!++;
      (wasLive ? paths.kept : paths.added)[path]!++;
    }
  }
  while (at < before.count) leave(at++);
  return { types, paths, moved, retyped, matched, missing: before.count - matched };
}

function tellingOf({ kind, names }: Heap["types"], row: number): number {
  if (kind[row] === TypeKind.SHAPE) return Telling.SHAPE;
  if (names[row] === "runtime.hchan") return Telling.ANY_CHANNEL;
  return names[row]!.startsWith("chan ") ? Telling.CHANNEL : Telling.KNOWN;
}

/** Whether what lies at one address, with one size but types of two names, may be one object nevertheless. */
function mayBeOne(before: ObjectIdentities, was: number, after: ObjectIdentities, is: number): boolean {
  const told = before.telling[before.type[was]!]!;
  const tells = after.telling[after.type[is]!]!;
  // Two shapes differ in their pointers.
  if (told === Telling.SHAPE && tells === Telling.SHAPE) return false;
  if (told === Telling.SHAPE || tells === Telling.SHAPE) return true;
  if (before.typeSource[was] === TypeSource.INFERRED || after.typeSource[is] === TypeSource.INFERRED) return true;
  if (told === Telling.ANY_CHANNEL) return tells === Telling.CHANNEL;
  return tells === Telling.ANY_CHANNEL && told === Telling.CHANNEL;
}

function emptyTurnover(length: number): Turnover {
  return { added: new Float64Array(length), gone: new Float64Array(length), kept: new Float64Array(length) };
}
