/**
 * Allocation stacks for a .heaptimeline: V8's trace_function_infos and trace_tree, and the stack of each object that the
 * Go runtime sampled. All figures are of sampled allocations, not scaled up: DevTools shows beside them how many of the
 * sampled objects are live, which is not scaled either.
 */
import { countLiveSamples, type MemoryProfile } from "../../../src/index.ts";
import type { JsonWriter } from "../json-writer.ts";
import { toWellFormed } from "../names.ts";
import type { StringTable } from "../strings.ts";
import { buildCallTree, type CallTree, writeCallTree } from "./call-tree.ts";

/** Objects with a known allocation stack, ascending, and the id of the stack's node in the trace tree. */
export interface ObjectTraces {
  readonly object: Int32Array;
  readonly node: Int32Array;
}

export interface TraceTree {
  readonly objects: ObjectTraces;
  /** Length of trace_function_infos, the root's included. */
  readonly functionCount: number;
  /** Writes the elements of trace_function_infos, without the brackets. */
  writeFunctions(out: JsonWriter, strings: StringTable): Promise<void>;
  /** Writes the elements of trace_tree, without the brackets. */
  writeTree(out: JsonWriter): Promise<void>;
}

/** Builds the trace tree of a profile. O(call sites of all buckets + samples). */
export function buildTraceTree(profile: MemoryProfile): TraceTree {
  const tree = buildCallTree(profile);
  const { sites } = tree;
  const { counts, sizes } = sumAllocations(profile, tree);
  return {
    objects: collectObjects(profile, tree),
    functionCount: sites.count + 1,
    async writeFunctions(out, strings) {
      const intern = (text: string) => strings.intern(toWellFormed(text));
      await out.text(`0,${intern("(root)")},${intern("")},0,0,0`);
      for (let i = 0; i < sites.count; i++) {
        const file = profile.names[sites.file[i]!]!;
        // DevTools shows the place only if the script's id is not 0.
        const scriptId = file === "" ? 0 : sites.file[i]! + 1;
        const name = intern(profile.names[sites.function[i]!]!);
        await out.text(`,${i + 1},${name},${intern(file)},${scriptId},${sites.line[i]},0`);
      }
    },
    async writeTree(out) {
      const open = (node: number) =>
        `${node + 1},${tree.site[node]! + 1},${toDigits(counts[node]!)},${toDigits(sizes[node]!)},[`;
      await writeCallTree(out, tree, open, "]");
    },
  };
}

/**
 * Sampled allocations per node. A bucket's count lags behind by up to two GC cycles, so that it can be less than its
 * live samples; then those are counted, for they have certainly been allocated.
 */
function sumAllocations(profile: MemoryProfile, tree: CallTree): { counts: Float64Array; sizes: Float64Array } {
  const { buckets } = profile;
  const live = countLiveSamples(profile);
  const counts = new Float64Array(tree.count);
  const sizes = new Float64Array(tree.count);
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    const allocations = Math.max(buckets.allocations[bucket]!, live[bucket]!);
    const node = tree.bucketNode[bucket]!;
    counts[node]! += allocations;
    sizes[node]! += allocations * buckets.size[bucket]!;
  }
  return { counts, sizes };
}

function collectObjects({ samples }: MemoryProfile, tree: CallTree): ObjectTraces {
  const nodeOfObject = new Map<number, number>();
  for (let i = 0; i < samples.count; i++) {
    const object = samples.object[i]!;
    const bucket = samples.bucket[i]!;
    if (object >= 0 && bucket >= 0) nodeOfObject.set(object, tree.bucketNode[bucket]! + 1);
  }
  const object = Int32Array.from(nodeOfObject.keys()).sort();
  return { object, node: object.map((o) => nodeOfObject.get(o)!) };
}

/** A damaged dump has sums that JavaScript writes with an exponent, which DevTools cannot read. */
export function toDigits(sum: number): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}
