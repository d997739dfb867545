/**
 * Bulk: what there is most of below a holder. A store of 32 shards holds 32 things, but what fills the memory are the 8,000 sessions
 * in them. Goes down by kinds: as long as things of one type have most of the bytes of all those above, the way goes on to them.
 */
import { isLibraryMapEntry, wholeTypeName } from "../../analysis/paths/library-maps.ts";
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { type AlikeThings, countGuessed } from "../guessed.ts";
import type { ContentField, PartContent } from "./part-contents.ts";
import type { ThingTree, TypeSum, Vertices } from "./thing-tree.ts";

/** Things of one type, below things that a holder has. */
export interface HolderBulk extends AlikeThings {
  readonly bytes: number;
  /** The field that has them, or most of them; null if none has, or their type says enough. */
  readonly field: ContentField | null;
  /** What they consist of mostly, if they are most of what the holder has and a few types are; most bytes first. */
  readonly mostly: readonly PartContent[];
  /** What they hang below: of the things right below the holder that are most, those that have some. */
  readonly below: AlikeThings & { readonly bytes: number };
  /** Of what else is in the same things, on the same level, the things of one type that have most bytes, if that is a good share; else null. */
  readonly beside: (AlikeThings & { readonly bytes: number }) | null;
}

/** With the vertices that it is. */
export type FoundBulk = Omit<HolderBulk, "field" | "mostly"> & { readonly vertices: Vertices };

/** The share of the bytes above that one type has to have. */
const MOSTLY = 0.6;
/** The share of the bytes of all right below the holder that what hangs beside the bulk has to have. */
const LEAST_BESIDE = 0.1;
/** There is more of something only if it is so many times as many as what is above. */
const GROWTH = 2;
/** So many are many already: what each of them consists of says no more. */
const MANY = 256;
/**
 * But a power of two up to so many may be the shards of one thing, and what is in these says more: if all are about as large, as a hash
 * makes them, and have many things each.
 */
const MOST_SHARDS = 1024;
/** None has more than so many times what they have on average, nor less than one such part of it. */
const UNEVEN = 3;
/** So many things at the least are in each on average. */
const FEW_EACH = 8;
/** What holds a value of a sync.Map up to Go 1.22. */
const BOX = "interface {}";
/** Levels to go down: beyond, the way leads along something that has no end. */
const MOST_LEVELS = 16;

/**
 * Finds what there is most of, below what is right below a holder; null if that is all. Linear in what is on the way.
 * @param below the vertices right below the holder
 */
export function findBulk({ objects, types }: Heap, tree: ThingTree, below: Vertices): FoundBulk | null {
  const describe = ({ type, vertices }: { readonly type: number; readonly vertices: Vertices }): AlikeThings => {
    const name = types.names[type]!;
    // As parts are called: both are told side by side.
    return {
      type: wholeTypeName(name),
      count: vertices.length,
      guessed: countGuessed(objects, vertices),
    };
  };
  const { largest } = tree.sumByType(below);
  if (largest === undefined) return null;
  // Entries of a sync.Map say nothing: their values do.
  const isEntry = ({ type }: TypeSum): boolean => isLibraryMapEntry(types.names[type]!) || types.names[type] === BOX;
  if (largest.count > MOST_SHARDS && !isEntry(largest)) return null;
  const isMany = (kind: Kind): boolean => kind.count >= MANY && !mayBeShards(tree, kind);
  let kind = kindOf(tree, below, largest);
  const first = kind;
  let most = kind;
  /** Of each vertex of the kind, the row of what it hangs below among the first; and of those that are most. */
  let from: Int32Array = first.vertices.map((_, row) => row);
  let mostFrom = from;
  let beside: Kind | undefined;
  for (let level = 0; level < MOST_LEVELS && (!isMany(most) || isEntry(most)); level++) {
    const found = int32Column();
    const above = int32Column();
    for (let i = 0; i < kind.count; i++) {
      tree.addChildren(kind.vertices[i]!, found);
      while (above.count < found.count) above.push(from[i]!);
    }
    const children = found.values;
    const next = largestKind(tree, children);
    if (next === undefined || next.bytes < MOSTLY * kind.bytes) break;
    const isSharded = most.count >= MANY && !isEntry(most);
    const rows = above.values;
    from = keepThose(rows, children, next.vertices);
    if (next.count >= (isSharded ? FEW_EACH : GROWTH) * most.count || isEntry(most)) {
      most = next;
      mostFrom = from;
      // Only in the things that have some of the most.
      const has = markRows(from, first.count);
      const together = children.filter((_, i) => has[rows[i]!] === 1);
      beside = largestKind(tree, together, next.type);
    }
    kind = next;
  }
  if (most === first) return null;
  const has = markRows(mostFrom, first.count);
  const having = { type: first.type, vertices: first.vertices.filter((_, row) => has[row] === 1) };
  const bytes = tree.sumOf(having.vertices);
  const isWorth = beside !== undefined && beside.bytes >= LEAST_BESIDE * tree.sumOf(below);
  return {
    ...describe(most),
    bytes: most.bytes,
    vertices: most.vertices,
    below: { ...describe(having), bytes },
    beside: isWorth ? { ...describe(beside!), bytes: beside!.bytes } : null,
  };
}

function markRows(rows: Int32Array, count: number): Uint8Array {
  const marks = new Uint8Array(count);
  for (const row of rows) marks[row] = 1;
  return marks;
}

/** What is said of some of the children: of those that were kept, which stand in the same order. */
function keepThose(said: Int32Array, children: Vertices, kept: Vertices): Int32Array {
  const ofKept = new Int32Array(kept.length);
  let at = 0;
  for (let i = 0; i < children.length; i++) if (children[i] === kept[at]) ofKept[at++] = said[i]!;
  return ofKept;
}

/** Whether things are as many and as even as shards are. */
function mayBeShards(tree: ThingTree, { vertices, count, bytes }: Kind): boolean {
  if (count > MOST_SHARDS || (count & (count - 1)) !== 0) return false;
  const average = bytes / count;
  return vertices.every((vertex) => {
    const size = tree.sizeOf(vertex);
    return size <= UNEVEN * average && UNEVEN * size >= average;
  });
}

/** With the objects that it is. */
interface Kind extends TypeSum {
  readonly vertices: Vertices;
}

function kindOf(tree: ThingTree, vertices: Vertices, sum: TypeSum): Kind {
  return { ...sum, vertices: tree.objectsOf(sum, vertices) };
}

/**
 * The type of object that has most bytes of some vertices; undefined if none of them is an object.
 * @param except a type that does not count
 */
function largestKind(tree: ThingTree, vertices: Vertices, except?: number): Kind | undefined {
  const { largest } = tree.sumByType(vertices, except);
  return largest && kindOf(tree, vertices, largest);
}
