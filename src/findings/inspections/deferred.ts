/**
 * Inspection of deferred calls: those of a loop, which wait until the function returns that the loop is in. Since Go 1.13 only these have
 * a record in the heap: what is deferred outside of loops is on the stack. runtime/panic.go, deferproc.
 */
import { findReleased, type IgnoredPointers } from "../../analysis/references/released.ts";
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { formatBytes, formatNumber } from "../../quantities.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, mayCount } from "./facts.ts";
import { Tally } from "./tally.ts";

/** Calls of one function that a goroutine has deferred: fewer are no loop that anybody should mind. */
const LEAST_CALLS = 100;
/** Root vertices between two breaths. */
const SLICE = 1 << 14;

/** In place of a type: of functions that capture nothing, which are no objects. */
const NO_TYPE = -1;
const WITHOUT_CLOSURE = "functions that capture nothing";

/** Finds what deferred calls of loops hold. Looks at what goroutines have deferred; follows all pointers only where one has many. */
export async function inspectDeferred(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap } = facts;
  const calls = await findCalls(heap, progress);
  const { record, closure, goroutinesOf } = calls;
  if (record.length === 0) return [];
  const { pointers, callOf } = pointersTo(heap, calls);
  const released = await findReleased(heap, pointers, (pointer) => callOf[pointer]!, record.length, progress);
  const all = released.bytes.reduce((sum, bytes) => sum + bytes, 0);
  if (!mayCount(facts, "deferred-calls", all)) return [];
  const tally = new Tally((type) => (type === NO_TYPE ? WITHOUT_CLOSURE : heap.types.names[type]!));
  for (const [call, run] of closure.entries()) {
    const example = run === NO_OBJECT ? record[call]! : run;
    tally.addBad(typeOf(heap, run), example, released.bytes[call]!, isGuessed(facts, example), {});
  }
  for (const [type, goroutines] of goroutinesOf) tally.addSummed(type, 0, 0, { goroutines });
  return makeFindings(
    facts,
    "deferred-calls",
    tally.bad(),
    ({ count, bytes, sums: { goroutines = 0 } }) => ({
      problem: `${formatNumber(count, "call")}, deferred in ${formatNumber(goroutines, "goroutine")}, alone keep ${formatBytes(bytes)} until the function that deferred them returns`,
      evidence: { calls: count, goroutines },
    }),
    { holderKind: "type" },
  );
}

/** A row for each deferred call of which a goroutine has many. */
interface DeferredCalls {
  /** The runtime._defer. */
  readonly record: Int32Array;
  /** The function to call; NO_OBJECT if it is no object. */
  readonly closure: Int32Array;
  /** From where the runtime finds them: the runtime.g of their goroutines, and all records of these. */
  readonly links: Int32Array;
  /** By type of the closure, NO_TYPE if it is no object: how many goroutines have many. */
  readonly goroutinesOf: ReadonlyMap<number, number>;
}

/** Linear in the roots of goroutines; a byte an object where one has many calls. */
async function findCalls(heap: Heap, progress: Progress): Promise<DeferredCalls> {
  const { vertices, kind, to } = heap.roots;
  const [record, closure, links] = [int32Column(), int32Column(), int32Column()];
  const goroutinesOf = new Map<number, number>();
  let isFunction: Uint8Array | undefined;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertex % SLICE === SLICE - 1) await breathe(progress);
    if (vertices.kind[vertex] !== RootVertexKind.GOROUTINE) continue;
    const first = vertices.edgeStart[vertex]!;
    const rows = to.subarray(first, vertices.edgeStart[vertex + 1]!);
    if (rows.length < LEAST_CALLS) continue;
    const records = rows.filter((_, i) => kind[first + i] === RootKind.DEFER);
    if (records.length < LEAST_CALLS) continue;
    const functions = rows.filter((_, i) => kind[first + i] === RootKind.DEFER_FUNCTION);
    isFunction ??= new Uint8Array(heap.objects.count);
    for (const run of functions) isFunction[run] = 1;
    const closures = records.map((each) => closureOf(heap, each, isFunction!));
    for (const run of functions) isFunction[run] = 0;
    const counts = new Map<number, number>();
    for (const run of closures) counts.set(typeOf(heap, run), (counts.get(typeOf(heap, run)) ?? 0) + 1);
    const many = [...counts].filter(([, count]) => count >= LEAST_CALLS).map(([type]) => type);
    if (many.length === 0) continue;
    for (const type of many) goroutinesOf.set(type, (goroutinesOf.get(type) ?? 0) + 1);
    for (const [i, run] of closures.entries()) {
      if (counts.get(typeOf(heap, run))! < LEAST_CALLS) continue;
      record.push(records[i]!);
      closure.push(run);
    }
    const goroutine = heap.findObject(heap.goroutines.address[vertices.item[vertex]!]!);
    if (goroutine !== NO_OBJECT) links.push(goroutine);
    for (const each of records) links.push(each);
  }
  return { record: record.finish(), closure: closure.finish(), links: links.finish(), goroutinesOf };
}

/** What a record calls, if that is an object: what it points to of the functions that its goroutine has deferred. */
function closureOf({ edges }: Heap, record: number, isFunction: Uint8Array): number {
  for (let edge = edges.start[record]!; edge < edges.start[record + 1]!; edge++) {
    if (isFunction[edges.to[edge]!] === 1) return edges.to[edge]!;
  }
  return NO_OBJECT;
}

function typeOf({ objects }: Heap, closure: number): number {
  return closure === NO_OBJECT ? NO_TYPE : objects.type[closure]!;
}

/** In a column of calls, of an object that is of none. */
const NO_CALL = -1;

/** The pointers by which the runtime comes to deferred calls, and the call that each leads to. Linear; 4 bytes an object. */
function pointersTo(
  { objects, edges, roots }: Heap,
  { record, closure, links }: DeferredCalls,
): { readonly pointers: IgnoredPointers; readonly callOf: Int32Array } {
  const call = new Int32Array(objects.count).fill(NO_CALL);
  for (const [row, run] of closure.entries()) if (run !== NO_OBJECT) call[run] = row;
  for (const [row, each] of record.entries()) call[each] = row;
  const [fromLinks, rootEdges, callOf] = [int32Column(), int32Column(), int32Column()];
  for (const from of links) {
    for (let edge = edges.start[from]!; edge < edges.start[from + 1]!; edge++) {
      if (call[edges.to[edge]!] !== NO_CALL) fromLinks.push(edge);
    }
  }
  const ignored = fromLinks.finish().sort();
  for (const edge of ignored) callOf.push(call[edges.to[edge]!]!);
  for (let row = 0; row < roots.count; row++) {
    const isOfDefer = roots.kind[row] === RootKind.DEFER || roots.kind[row] === RootKind.DEFER_FUNCTION;
    if (!isOfDefer || call[roots.to[row]!] === NO_CALL) continue;
    rootEdges.push(row);
    callOf.push(call[roots.to[row]!]!);
  }
  return { pointers: { edges: ignored, rootEdges: rootEdges.finish() }, callOf: callOf.finish() };
}
