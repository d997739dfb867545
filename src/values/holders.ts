/**
 * Holders: for every object, the field or variable that it hangs on, by the graph alone. Where several do, a package
 * variable is preferred to a field, a field to the elements of an array or map, these to what a closure or the runtime has,
 * and all of them to stacks: who works with a thing has it there, and rarely owns it. Of fields, a context's own has the channel
 * that its Done gives out.
 */
import { longColumn } from "../column-memory.ts";
import type { Heap } from "../heap/heap.ts";
import { NO_OBJECT, REACHABLE, TypeSource, valueOffset } from "../heap/objects.ts";
import { frameFunctionName, rootEdgeName, splitFunction } from "../heap/roots/root-names.ts";
import { RootKind, RootVertexKind } from "../heap/roots/roots.ts";
import { listForRows } from "../heap/row-list.ts";
import type { ValueLayout } from "../heap/value-layouts.ts";
import { breathe, type Progress } from "../progress.ts";
import { Places } from "./places.ts";

const Rank = { NONE: 0, CONSERVATIVE: 1, STACK: 2, CLOSURE: 3, ELEMENT: 4, FIELD: 5, SOURCE: 6, VARIABLE: 7 } as const;

/** Fields of closures and of the runtime's own structures. */
const LESSER_FIELD = /^(func |runtime\.)/;
/** Where package context has the channels that Done gives: whoever else has one got it from there. */
const SOURCE_FIELD = /^context\.(\w+\.)+done(\.v)?$/;

/** Objects between two breaths. */
const SLICE = 1 << 17;
/** Arrays in arrays; deeper ones are structures that hold their like. */
const MAX_DEPTH = 16;

/** Of the words of a row's values: where they are, their places, how much these count, and the most of that. */
interface RankedWords {
  /** Bytes of one value; 0 for rows that are no Go type. */
  readonly size: number;
  readonly offset: Int32Array;
  readonly words: Int32Array;
  readonly ranks: Uint8Array;
  readonly highest: number;
}

/** Which field or variable holds each object, as `computeHolders` gives it. */
export class Holders {
  readonly places: Places;
  readonly #heap: Heap;
  /** Per object: the object that holds it, or objects.count + root vertex; NO_OBJECT if nothing known does. */
  readonly #owner: Int32Array;
  /** Per object: the word that holds it, as `Places.words` tells. */
  readonly #word: Int32Array;
  /** What is behind the place that is being composed, the last first; there are many, and one at a time. */
  readonly #endings = new Int32Array(MAX_DEPTH + 1);

  private constructor(heap: Heap) {
    this.#heap = heap;
    this.places = new Places(heap.types);
    this.#rankedRows = listForRows(heap.types.count);
    this.#owner = longColumn(Int32Array, heap.objects.count).fill(NO_OBJECT);
    this.#word = longColumn(Int32Array, heap.objects.count);
  }

  /** Finds the holders of all reachable objects; of a heap without types, those that roots lead to. Walks every edge; 8 bytes an object, 9 while it works. */
  static async find(heap: Heap, progress: Progress): Promise<Holders> {
    const holders = new Holders(heap);
    // Without layouts it is not known what fields there are.
    const count = heap.types.layouts === undefined ? 0 : heap.objects.count;
    const rank = longColumn(Uint8Array, heap.objects.count);
    progress.phase("finding holders", count, "objects");
    for (let from = 0; from < count; from += SLICE) {
      progress.update(from);
      await breathe(progress);
      holders.#visitObjects(from, Math.min(count, from + SLICE), rank);
    }
    holders.#visitRoots(rank);
    return holders;
  }

  /** The object that holds an object, or objects.count + root vertex; NO_OBJECT if nothing known does. O(1). */
  ownerOf(object: number): number {
    return this.#owner[object]!;
  }

  /**
   * The place that holds an object: "main.Session.history"; its type's name if nothing known does.
   * @param places a copy of `places`, for who must not add to these
   */
  placeOf(object: number, places = this.places): number {
    const word = this.#word[object]!;
    return word >= 0 && this.#owner[object] !== NO_OBJECT ? word : this.#composePlace(object, places);
  }

  /** Whether the type of anything that `placeOf` names is guessed: of what has the field, and of arrays between that and the object. */
  isPlaceGuessed(object: number): boolean {
    const { count, typeSource } = this.#heap.objects;
    let at = object;
    for (let depth = 0; depth <= MAX_DEPTH; depth++) {
      const owner = this.#owner[at]!;
      if (owner === NO_OBJECT || owner >= count) return false;
      if (typeSource[owner] === TypeSource.INFERRED) return true;
      if (this.#word[at]! >= 0) return false;
      at = owner;
    }
    return false;
  }

  /** What the field, variable or word of a stack that `placeOf` names leads to: the object, or an array or map that it is in. */
  beginningOf(object: number): number {
    let at = object;
    for (let depth = 0; depth <= MAX_DEPTH; depth++) {
      const owner = this.#owner[at]!;
      if (owner === NO_OBJECT || owner >= this.#heap.objects.count || this.#word[at]! >= 0) break;
      at = owner;
    }
    return at;
  }

  #composePlace(object: number, places: Places): number {
    const endings = this.#endings;
    let depth = 0;
    let place = -1;
    for (let at = object; place < 0; ) {
      const owner = this.#owner[at]!;
      const word = this.#word[at]!;
      if (owner === NO_OBJECT || depth > MAX_DEPTH) place = places.ofRow(this.#heap.objects.type[at]!);
      else if (word >= 0) place = word;
      else {
        endings[depth++] = ~word;
        at = owner;
      }
    }
    while (depth > 0) place = places.compose(place, endings[--depth]!);
    return place;
  }

  /** The place of a word of an object's values. */
  placeOfWord(object: number, row: number, layout: ValueLayout, word: number): number {
    const named = this.places.words(row, layout)[word]!;
    return named >= 0 ? named : this.places.compose(this.placeOf(object), ~named);
  }

  /**
   * The place of a value that the walk of values shows.
   * @param holder object, or objects.count + root vertex
   * @param word of the layout, or the root edge
   */
  placeOfValue(holder: number, word: number): number {
    const { objects, types } = this.#heap;
    if (holder >= objects.count) return rootPlace(this.#heap, this.places, holder - objects.count, word);
    const row = objects.type[holder]!;
    return this.placeOfWord(holder, row, types.layouts!.of(row)!, word);
  }

  #visitObjects(from: number, end: number, rank: Uint8Array): void {
    const { objects, edges } = this.#heap;
    const { flags, type } = objects;
    const { start, to, offset: edgeOffset } = edges;
    const rows = this.#rankedRows;
    const owner = this.#owner;
    const holdingWord = this.#word;
    for (let i = from; i < end; i++) {
      const first = start[i]!;
      const after = start[i + 1]!;
      if (first === after || (flags[i]! & REACHABLE) === 0) continue;
      const ranked = rows[type[i]!] ?? this.#rank(type[i]!);
      const { size, offset, words, ranks, highest } = ranked;
      if (size === 0) continue;
      const count = offset.length;
      const base = valueOffset(objects, i);
      let valueStart = base;
      let word = 0;
      for (let edge = first; edge < after; edge++) {
        const target = to[edge]!;
        // Most objects have been found already; then no word of this one has to be looked for.
        if (rank[target]! >= highest || target === i) continue;
        const at = edgeOffset[edge]!;
        if (at < base) continue;
        if (at - valueStart >= size) {
          valueStart = at - ((at - base) % size);
          word = 0;
        }
        const within = at - valueStart;
        while (word < count && offset[word]! < within) word++;
        if (word === count || offset[word] !== within || rank[target]! >= ranks[word]!) continue;
        rank[target] = ranks[word]!;
        owner[target] = i;
        holdingWord[target] = words[word]!;
      }
    }
  }

  readonly #rankedRows: (RankedWords | undefined)[];

  #rank(row: number): RankedWords {
    const layout = this.#heap.types.layouts!.of(row);
    const words = layout === undefined ? new Int32Array(0) : this.places.words(row, layout);
    const ranks = Uint8Array.from(words, (word) => (word < 0 ? Rank.ELEMENT : rankOfField(this.places.name(word))));
    const ranked = {
      size: layout?.size ?? 0,
      offset: layout?.offset ?? new Int32Array(0),
      words,
      ranks,
      highest: ranks.reduce((most, of) => Math.max(most, of), Rank.NONE),
    };
    this.#rankedRows[row] = ranked;
    return ranked;
  }

  #visitRoots(rank: Uint8Array): void {
    const { roots, objects } = this.#heap;
    const { vertices, kind: rootKind, to } = roots;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const kind = vertices.kind[vertex]!;
      const isVariable = kind === RootVertexKind.VARIABLE;
      if (!isVariable && kind !== RootVertexKind.FRAME) continue;
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        const precise = rootKind[edge] === RootKind.FRAME_CONSERVATIVE ? Rank.CONSERVATIVE : Rank.STACK;
        const now = isVariable ? Rank.VARIABLE : precise;
        const target = to[edge]!;
        if (rank[target]! >= now) continue;
        rank[target] = now;
        this.#owner[target] = objects.count + vertex;
        this.#word[target] = rootPlace(this.#heap, this.places, vertex, edge);
      }
    }
  }
}

function rankOfField(name: string): number {
  if (SOURCE_FIELD.test(name)) return Rank.SOURCE;
  return LESSER_FIELD.test(name) ? Rank.CLOSURE : Rank.FIELD;
}

/** The place of a root edge: "main.store.users", "jobs (main.worker)", "stack of main.worker" where nothing names it. */
export function rootPlace(heap: Heap, places: Places, vertex: number, edge: number): number {
  const name = rootEdgeName(heap, vertex, edge)?.replaceAll(/\[\d+\]/g, "[]");
  const { kind, item } = heap.roots.vertices;
  if (kind[vertex] !== RootVertexKind.FRAME)
    return places.of(name ?? heap.types.names[heap.objects.type[heap.roots.to[edge]!]!]!);
  const frame = frameFunctionName(heap.goroutines, item[vertex]!);
  const inlined = splitFunction(name ?? "");
  return inlined === undefined ? places.ofFrame(name ?? "", frame) : places.ofFrame(inlined.name, inlined.of);
}
