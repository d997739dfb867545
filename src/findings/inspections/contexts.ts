/** Inspections of contexts: children that are never taken off their parent, and chains that grow without end. */
import { computeHistogram } from "../../analysis/histogram.ts";
import { findReleased } from "../../analysis/references/released.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, objectSize, REACHABLE } from "../../heap/objects.ts";
import { Structure } from "../../heap/value-layouts.ts";
import type { Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import type { Holders } from "../../values/holders.ts";
import type { Finding } from "../finding.ts";
import { NamedWords } from "../named-words.ts";
import { RULES } from "../rules.ts";
import { listPendingTimers } from "../timers/pending-timers.ts";
import { type Facts, isGuessed, makeFindings, type Wording } from "./facts.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** Fewer children are no leak; what they hold has to be a good share of the heap besides. */
const LEAST_CHILDREN = 100;
/** Requests pass a context through a dozen layers; longer chains are made in a loop. */
const LEAST_DEPTH = 100;

/** Fields of the library's contexts, and of functions that its timers call. */
const OF_LIBRARY = /^(func )?context\./;
/** Contexts above the end of a chain that are asked who has them: as many as layers of calls make of one. */
const MOST_ASKED = 12;

/** The group of pointers to the contexts that many layers of calls make as well. */
const BEGINNING = 0;

/** Fields by which a context leads to its parent. */
const PARENT_FIELDS = ["Context", "cancelCtx.Context", "c"];

/** What context.AfterFunc makes a child of the context. */
const FUNCTION_TYPE = "context.afterFuncCtx";
const STOP_FUNCTION =
  "Call the stop function that context.AfterFunc returns (defer stop()) when what it is for has ended.";

/** Finds what is wrong with contexts of the standard library. */
export async function inspectContexts(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { reachableObjects } = await computeHistogram(facts.heap, progress);
  const isContext = contextTypes(facts.heap);
  if (!reachableObjects.some((count, row) => count > 0 && isContext[row])) return [];
  return [...(await inspectChildren(facts, progress)), ...(await inspectDepth(facts, progress))];
}

async function inspectChildren(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap, values, containers } = facts;
  const { objects, edges, types } = heap;
  if (!values.maps.entries.some((entries) => entries >= LEAST_CHILDREN)) return [];
  const holders = await facts.holders();
  const parentOf = new Map<number, number>();
  const entriesOf = new Map<number, number>();
  for (const [i, header] of values.maps.header.entries()) {
    const owner = holders.ownerOf(header);
    const isContext = owner >= 0 && owner < objects.count && types.names[objects.type[owner]!]!.startsWith("context.");
    if (!isContext || values.maps.entries[i]! < LEAST_CHILDREN) continue;
    parentOf.set(header, owner);
    entriesOf.set(header, values.maps.entries[i]!);
  }
  if (parentOf.size === 0) return [];
  const parents = new Map([...parentOf.values()].map((parent, group) => [parent, group]));
  const pointers: { readonly edge: number; readonly group: number }[] = [];
  // Until Go 1.23 a map that grows has spare buckets in its old array that still point to what is in new ones.
  const children = Array.from(parents, () => new Set<number>());
  const functions = Array.from(parents, () => new Set<number>());
  for (let object = 0; object < objects.count; object++) {
    const parent = parentOf.get(containers[object]!);
    if (parent === undefined || types.layouts!.structure[objects.type[object]!] !== Structure.MAP_GROUPS) continue;
    const group = parents.get(parent)!;
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
      const child = edges.to[edge]!;
      if (containers[child] === containers[object]) continue;
      pointers.push({ edge, group });
      children[group]!.add(child);
      if (types.names[objects.type[child]!] === FUNCTION_TYPE) functions[group]!.add(child);
    }
  }
  // One by one: as arguments of a call so many might not fit on the stack.
  for (const deadline of listDeadlines(heap, parents)) pointers.push(deadline);
  pointers.sort((a, b) => a.edge - b.edge);
  const released = await findReleased(
    heap,
    { edges: pointers.map(({ edge }) => edge), rootEdges: [] },
    (pointer) => pointers[pointer]!.group,
    parents.size,
    progress,
  );
  const tally = new Tally((place) => holders.places.name(place));
  for (const [header, parent] of parentOf) {
    const group = parents.get(parent)!;
    // What was taken off while the map grows may still be in an old bucket, too.
    const most = Math.min(entriesOf.get(header)!, children[group]!.size);
    const sums = { children: most, functions: Math.min(most, functions[group]!.size) };
    // Its children are what accumulates, so the map is the object that this is about.
    tally.addBad(holders.placeOf(parent), header, released.bytes[group]!, isGuessed(facts, parent), sums);
  }
  return makeFindings(facts, "context-children", tally.bad(), wordChildren);
}

function wordChildren({ count, bytes, sums: { children = 0, functions = 0 } }: TallyRow): Wording {
  const contexts = formatNumber(count, "context");
  const evidence = { contexts: count, children };
  if (functions === 0) {
    return {
      problem: `${formatCount(children)} children of ${contexts} were never cancelled: ${formatBytes(bytes)}`,
      evidence,
    };
  }
  // Nobody has a function that cancels these.
  const isMixed = functions < children;
  const waiting = `${formatNumber(functions, "function")} of context.AfterFunc`;
  return {
    problem: isMixed
      ? `${formatCount(children)} children of ${contexts} were never taken off, ${waiting} among them: ${formatBytes(bytes)}`
      : `${waiting} ${functions === 1 ? "waits" : "wait"} for ${contexts}: ${formatBytes(bytes)}`,
    evidence: { ...evidence, functions },
    advice: isMixed ? `${RULES["context-children"].advice} ${STOP_FUNCTION}` : STOP_FUNCTION,
  };
}

/** The timers of contexts with a deadline below some parents: who cancels the context stops its timer as well. */
function listDeadlines(
  heap: Heap,
  parents: ReadonlyMap<number, number>,
): { readonly edge: number; readonly group: number }[] {
  const { objects, edges, types } = heap;
  const words = new NamedWords(heap);
  const isContext = contextTypes(heap);
  return listPendingTimers(heap, undefined).flatMap(({ edge, argument }) => {
    if (argument === NO_OBJECT || !types.names[objects.type[argument]!]!.startsWith("func context.")) return [];
    const captured = edges.to.subarray(edges.start[argument]!, edges.start[argument + 1]!);
    let context = captured.find((object) => isContext[objects.type[object]!]) ?? NO_OBJECT;
    // In a damaged dump a chain may lead into itself.
    for (let steps = 0; context !== NO_OBJECT && steps < LEAST_DEPTH; steps++) {
      const group = parents.get(context);
      if (group !== undefined) return [{ edge, group }];
      context = parentOf(words, context);
    }
    return [];
  });
}

/** Chains, by who has their ends: the contexts from the hundredth on, and what else is there only for these. */
async function inspectDepth(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap } = facts;
  const { objects, edges } = heap;
  const words = new NamedWords(heap);
  const depth = measureDepths(heap, words);
  const ends = new Set(depth.keys());
  for (const object of depth.keys()) ends.delete(parentOf(words, object));
  const deep = [...ends].filter((object) => depth.get(object)! >= LEAST_DEPTH);
  if (deep.length === 0) return [];
  const holders = await facts.holders();
  const tally = new Tally((place) => holders.places.name(place));
  /** The group of each place; and by edge from a context to the one above that of the chain, or what is no chain yet. */
  const groups = new Map<number, number>();
  const groupOf = new Map<number, number>();
  const counted = new Set<number>();
  // Of chains with a beginning in common, the longest has that.
  for (const end of deep.sort((x, y) => depth.get(y)! - depth.get(x)! || x - y)) {
    const place = placeOfChain(holders, words, end);
    const group = groups.get(place) ?? groups.size + 1;
    groups.set(place, group);
    const steps = depth.get(end)!;
    for (let at = end; (depth.get(at) ?? 0) >= LEAST_DEPTH && !counted.has(at); ) {
      // The end is first, and so the one to look at.
      tally.addBad(place, at, objectSize(objects, at), isGuessed(facts, at), {});
      counted.add(at);
      const edge = parentEdge(words, at);
      if (edge < 0) break;
      at = edges.to[edge]!;
      groupOf.set(edge, (depth.get(at) ?? 0) >= LEAST_DEPTH ? group : BEGINNING);
    }
    const { sums } = tally.row(place);
    sums.depth = Math.max(sums.depth ?? 0, steps);
  }
  const ignored = Float64Array.from(groupOf.keys()).sort();
  const isContext = contextTypes(heap);
  const places = [...groups.keys()];
  await findReleased(
    heap,
    { edges: ignored, rootEdges: [] },
    (pointer) => groupOf.get(ignored[pointer]!)!,
    places.length + 1,
    progress,
    (object, group) => {
      if (group === BEGINNING || isContext[objects.type[object]!]) return;
      tally.row(places[group - 1]!).bytes += objectSize(objects, object);
    },
  );
  return makeFindings(facts, "context-depth", tally.bad(), ({ count, sums: { depth: most = 0 } }) => ({
    problem: `${formatNumber(count, "context has", "contexts have")} ${LEAST_DEPTH} or more above them, up to ${formatCount(most)}`,
    evidence: { contexts: count, depth: most },
  }));
}

/**
 * Who has a chain: the field or variable that has its end. Where that is the library itself, for a timer or a child
 * of the end, one of the next contexts above tells more.
 */
function placeOfChain(holders: Holders, words: NamedWords, end: number): number {
  for (let at = end, steps = 0; at !== NO_OBJECT && steps < MOST_ASKED; at = parentOf(words, at), steps++) {
    const place = holders.placeOf(at);
    if (!OF_LIBRARY.test(holders.places.name(place))) return place;
  }
  return holders.placeOf(end);
}

/** How many contexts are above each context. O(contexts). */
function measureDepths(heap: Heap, words: NamedWords): Map<number, number> {
  const { objects } = heap;
  const isContext = contextTypes(heap);
  const depth = new Map<number, number>();
  for (let object = 0; object < objects.count; object++) {
    if (!isContext[objects.type[object]!] || (objects.flags[object]! & REACHABLE) === 0) continue;
    const way: number[] = [];
    let at = object;
    while (at !== NO_OBJECT && isContext[objects.type[at]!] && !depth.has(at)) {
      // In a damaged dump a chain may lead into itself.
      depth.set(at, 0);
      way.push(at);
      at = parentOf(words, at);
    }
    let above = at === NO_OBJECT ? 0 : (depth.get(at) ?? 0) + 1;
    for (const context of way.reverse()) depth.set(context, above++);
  }
  return depth;
}

/** By row of the type table: the standard library's contexts, and structs that embed one. */
function contextTypes({ types }: Heap): readonly boolean[] {
  return types.names.map((name, row) => {
    if (/^context\.\w*Ctx$/.test(name)) return true;
    const fields = types.details?.(row)?.fields ?? [];
    return fields.some(({ isEmbedded, type }) => isEmbedded && type.name === "context.Context");
  });
}

function parentOf(words: NamedWords, object: number): number {
  for (const field of PARENT_FIELDS) {
    const parent = words.follow(object, field);
    if (parent !== NO_OBJECT) return parent;
  }
  return NO_OBJECT;
}

/** The edge by which a context leads to the one above it; -1 if there is none. */
function parentEdge(words: NamedWords, object: number): number {
  for (const field of PARENT_FIELDS) {
    const edge = words.edgeOf(object, field);
    if (edge >= 0) return edge;
  }
  return -1;
}
