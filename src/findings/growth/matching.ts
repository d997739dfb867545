/**
 * Matching: the objects of two dumps of one process, by address, type and size. Go moves no objects, so one that has all three in
 * common is the same, unless its slot was freed meanwhile and given to another of its kind.
 */
import type { Heap } from "../../heap/heap.ts";
import { breathe, type Progress } from "../../progress.ts";

/**
 * What is kept of a heap's objects, to be matched with those of the next: views of the heap's columns, which keep nothing else of it.
 * 20 bytes an object.
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
  /** Row of the heap's own table of paths. */
  readonly path: Int32Array;
  /** Of each of those rows, the row in the table of all dumps. */
  readonly pathRow: Int32Array;
  /** Of each row of the table of all dumps: 1 if it is garbage. */
  readonly isGarbage: Uint8Array;
  /** For addresses above 2^53, which are relative to it. */
  readonly addressBase: bigint;
}

/** Takes them from a heap. O(1). */
export function identifyObjects(
  { objects, dump }: Heap,
  numbers: Pick<ObjectIdentities, "typeNumber" | "path" | "pathRow" | "isGarbage">,
): ObjectIdentities {
  const { count, address, size, type } = objects;
  return { count, address, size, type, addressBase: dump.addressBase, ...numbers };
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
        before.typeNumber[before.type[at]!] === type;
      const pathBefore = isSame ? before.pathRow[before.path[at]!]! : path;
      const wasLive = isSame && before.isGarbage[pathBefore] === 0;
      if (isSame) {
        matched++;
        if (wasLive && isLive && pathBefore !== path) {
          moved[path]! += after.size[object]!;
          moved[pathBefore]! -= after.size[object]!;
        }
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
  return { types, paths, moved, matched, missing: before.count - matched };
}

function emptyTurnover(length: number): Turnover {
  return { added: new Float64Array(length), gone: new Float64Array(length), kept: new Float64Array(length) };
}
