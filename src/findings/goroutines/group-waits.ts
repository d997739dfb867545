/** Group waits: what the goroutines of a group wait for, alike things together: one channel that all send to, or one each. */
import { type Pointer, writePath } from "../../analysis/paths/pointer-path.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { joinVariable, rootEdgeName, splitFunction } from "../../heap/roots/root-names.ts";
import { RootKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { isTypeGuessed } from "../guessed.ts";
import { countQueued, type QueueCounter, type Queued, type QueueSum } from "../queued.ts";
import { type Awaited, computeAwaited, PLACE_GUESSED, TYPE_GUESSED } from "./awaited.ts";
import type { ChannelSource } from "./awaited-kinds.ts";

/** Channels of one type, or locks, that one field or variable holds, and that goroutines of a group wait for. */
export interface AwaitedThings {
  /** "chan main.Job", "sync.Mutex", "sync.RWMutex", "sync.WaitGroup", "sync.Cond". */
  readonly type: string;
  /** Of these things, those whose type is guessed. */
  readonly guessed: number;
  /**
   * What holds them: of one its path, "main.hub.broadcast", of several the field that each is in, "main.Client.out"; "" if nothing does
   * that is certain.
   */
  readonly name: string;
  /** Where the first name of the path is known: "main.main main.go:87", of several "main.fetch"; "" of package variables and fields. */
  readonly where: string;
  /** Whether the name leans on a type that is guessed. */
  readonly isNameGuessed: boolean;
  /**
   * Who gives them out, if the program made none of them: "context" of the Done of contexts, "timer" of timers and tickers. These are what
   * is named then, several by their type.
   */
  readonly from: ChannelSource;
  /** Different ones. */
  readonly count: number;
  /** Goroutines of the group that wait for one of them, or for several in a select. */
  readonly waiting: number;
  /** Whether each of these waits for another one of the things, and for no more of them. */
  readonly isOneEach: boolean;
  /** What the channels hold, and have room for, all together: unbuffered ones 0 and 0; null of locks, and if that is not known. */
  readonly queued: Queued | null;
  /** The object that the first of them is, or is part of; null of a lock in a variable. */
  readonly address: string | null;
}

/** Kinds of things that are listed for a group: a select may have any number of cases. */
const MOST_LISTED = 4;
/** Goroutines and things between two breaths. */
const SLICE = 1 << 16;

/** In the name of a channel that a context or a timer gives out, what is not theirs; … */
const CHANNEL = { context: /\.done(\.v)?$/, timer: /\.[cC]$/ };
/** … and what another context embeds. */
const EMBEDDED = /(?<=\..+)\.cancelCtx$/;

/** Things of a group that are alike. */
interface OpenRow {
  readonly kind: number;
  readonly first: number;
  count: number;
  waiting: number;
  /** Of goroutines and things. */
  pairs: number;
  guessed: number;
  isNameGuessed: boolean;
  isQueueKnown: boolean;
  readonly queued: QueueSum;
  /** The goroutine that was counted last. */
  last: number;
}

/**
 * Finds what the goroutines of the first groups wait for, those things first that most wait for; nothing where it is not certain.
 * Linear in goroutines and what they wait for.
 * @param groupOf the group of each goroutine
 * @param container per object what stands for it where it is part of a map, channel or list
 * @returns for each of the first groups
 */
export async function findGroupWaits(
  heap: Heap,
  groupOf: Int32Array,
  groupCount: number,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<readonly (readonly AwaitedThings[])[]> {
  const awaited = await computeAwaited(heap, progress);
  const queues = await countQueued(heap, progress);
  const members = listMembers(groupOf, groupCount);
  const lastGroup = new Int32Array(awaited.count).fill(-1);
  const found: (readonly AwaitedThings[])[] = [];
  let left = SLICE;
  for (let group = 0; group < groupCount; group++) {
    const rows = new Map<number, OpenRow>();
    for (let i = members.start[group]!; i < members.start[group + 1]!; i++) {
      const goroutine = members.goroutine[i]!;
      const end = awaited.start[goroutine + 1]!;
      for (let entry = awaited.start[goroutine]!; entry < end; entry++) {
        const thing = awaited.thing[entry]!;
        if (awaited.kinds[awaited.kind[thing]!]!.type === "") continue;
        const row = rowOf(rows, awaited, thing);
        if (row.last !== goroutine) row.waiting++;
        row.last = goroutine;
        row.pairs++;
        if (lastGroup[thing] === group) continue;
        lastGroup[thing] = group;
        addThing(row, awaited, thing, heap, queues);
        left--;
      }
      if (left-- > 0) continue;
      await breathe(progress);
      left = SLICE;
    }
    const listed = [...rows.values()].sort((a, b) => b.waiting - a.waiting || a.count - b.count || a.kind - b.kind);
    found.push(listed.slice(0, MOST_LISTED).map((row) => describe(row, heap, awaited, container)));
  }
  return found;
}

/** The goroutines of the first groups, by group. */
function listMembers(
  groupOf: Int32Array,
  groupCount: number,
): { readonly start: Uint32Array; readonly goroutine: Int32Array } {
  const start = new Uint32Array(groupCount + 1);
  for (const group of groupOf) if (group < groupCount) start[group + 1]!++;
  for (let group = 0; group < groupCount; group++) start[group + 1]! += start[group]!;
  const goroutine = new Int32Array(start[groupCount]!);
  const next = start.slice();
  for (let i = 0; i < groupOf.length; i++) {
    const group = groupOf[i]!;
    if (group < groupCount) goroutine[next[group]!++] = i;
  }
  return { start, goroutine };
}

function rowOf(rows: Map<number, OpenRow>, awaited: Awaited, thing: number): OpenRow {
  const kind = awaited.kind[thing]!;
  let row = rows.get(kind);
  if (row === undefined) {
    const sums = { count: 0, waiting: 0, pairs: 0, guessed: 0, isNameGuessed: false, isQueueKnown: true, last: -1 };
    row = { kind, first: thing, ...sums, queued: { buffered: 0, capacity: 0 } };
    rows.set(kind, row);
  }
  return row;
}

function addThing(row: OpenRow, { object, guesses }: Awaited, thing: number, heap: Heap, queues: QueueCounter): void {
  const at = object[thing]!;
  row.count++;
  if ((guesses[thing]! & TYPE_GUESSED) !== 0) row.guessed++;
  if ((guesses[thing]! & PLACE_GUESSED) !== 0) row.isNameGuessed = true;
  const isChannel = at !== NO_OBJECT && queues.isChannel(heap.objects.type[at]!);
  if (!isChannel || !queues.add(at, row.queued)) row.isQueueKnown = false;
}

function describe(row: OpenRow, heap: Heap, awaited: Awaited, container: Int32Array | undefined): AwaitedThings {
  const { first, count, waiting, pairs, guessed, isQueueKnown, queued } = row;
  const { type, place, from } = awaited.kinds[row.kind]!;
  const object = awaited.object[first]!;
  const way = count === 1 ? nameByWay(heap, awaited, first, container) : undefined;
  const local = splitFunction(place);
  const name = way?.name ?? local?.name ?? place;
  return {
    type,
    guessed,
    name: from === null ? name : name.replace(CHANNEL[from], "").replace(EMBEDDED, ""),
    where: way?.where ?? local?.of ?? "",
    isNameGuessed: way?.isGuessed ?? row.isNameGuessed,
    from,
    count,
    waiting,
    isOneEach: count === waiting && pairs === waiting,
    queued: isQueueKnown ? { ...queued } : null,
    address: object === NO_OBJECT ? null : heap.formatAddress(heap.objects.address[object]!),
  };
}

/**
 * What a thing is called by the way that leads there from a package variable, or a local one of a frame that has it for sure; undefined if
 * none is known.
 */
function nameByWay(
  heap: Heap,
  awaited: Awaited,
  thing: number,
  container: Int32Array | undefined,
): { readonly name: string; readonly where: string; readonly isGuessed: boolean } | undefined {
  const { objects } = heap;
  const { field } = awaited.kinds[awaited.kind[thing]!]!;
  const start = awaited.holderStart[thing]!;
  const pointers: Pointer[] = [];
  let isGuessed = field !== "" && (awaited.guesses[thing]! & TYPE_GUESSED) !== 0;
  let from = awaited.object[thing]!;
  for (let i = start; i < awaited.holderStart[thing + 1]!; i++) {
    const target = from;
    from = awaited.holder[i]!;
    const edge = from < objects.count ? edgeTo(heap, from, target) : rootEdgeTo(heap, from - objects.count, target);
    if (edge < 0) return undefined;
    pointers.push({ from, edge });
    if (isTypeGuessed(objects, from)) isGuessed = true;
  }
  // From a word without a name on, the field says as much.
  if (from < objects.count || rootEdgeName(heap, from - objects.count, pointers.at(-1)!.edge) === undefined)
    return undefined;
  const options = { container, withElements: false };
  const { expression, where } = writePath(heap, pointers.reverse(), options);
  return { name: joinVariable(expression, field), where, isGuessed };
}

/** The first pointer of an object to another one; -1 without any. */
function edgeTo({ edges: { start, to: targets } }: Heap, from: number, to: number): number {
  const index = targets.subarray(start[from]!, start[from + 1]!).indexOf(to);
  return index < 0 ? -1 : start[from]! + index;
}

/** The same of a root: by a variable that is named, if there is one, and by no word that may be stale. */
function rootEdgeTo(heap: Heap, vertex: number, to: number): number {
  const { roots } = heap;
  let found = -1;
  for (let edge = roots.vertices.edgeStart[vertex]!; edge < roots.vertices.edgeStart[vertex + 1]!; edge++) {
    if (roots.to[edge] !== to || roots.kind[edge] === RootKind.FRAME_CONSERVATIVE) continue;
    if (rootEdgeName(heap, vertex, edge) !== undefined) return edge;
    if (found < 0) found = edge;
  }
  return found;
}
