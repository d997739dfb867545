/**
 * `--to heapprofile`: a .heapprofile (the DevTools protocol's HeapProfiler.SamplingHeapProfile): bytes in use by call
 * stack, for Chrome DevTools ("Allocation sampling": chart, heavy, tree; tried with Chromium 156) and VS Code's flame
 * chart.
 *
 * In use means: allocated by a call site and still on the heap when the dump was written, whether reachable or not.
 * Sampled objects are scaled up to estimates of all, with the formula of runtime/pprof, so that the figures are those of
 * the inuse_space of /debug/pprof/heap. What is lost: object counts, and what was allocated and freed again; `--to pprof`
 * has both.
 */
import {
  CONVERTER_API_VERSION,
  chooseSamplingRate,
  compareEstimate,
  countLiveSamples,
  defineConverter,
  estimateBytes,
  estimateSamplingRate,
  hasProgramSamples,
  type MemoryProfile,
  WHY_NO_SAMPLES,
} from "../../src/index.ts";
import { JsonWriter } from "./json-writer.ts";
import { toAsciiJson, toWellFormed } from "./names.ts";
import { buildCallTree, type CallTree, writeCallTree } from "./traces/call-tree.ts";

/** What V8 writes for a line or column it does not know. */
const UNKNOWN_PLACE = -1;

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "heapprofile",
  description: "bytes in use by allocation site, for Chrome DevTools' Allocation sampling and VS Code's flame chart",
  output: { kind: "file", extension: "heapprofile", binary: false },
  holds: { addresses: false, contents: [] },
  options: {
    "mem-profile-rate": {
      type: "integer",
      default: 0,
      min: 0,
      description: "runtime.MemProfileRate of the process; 0 infers it, or takes Go's default of 524288",
    },
  },
  uses: () => [estimateSamplingRate],
  async convert(heap, sink, options, progress) {
    const profile = heap.memoryProfile;
    const isSampled = hasProgramSamples(profile);
    if (!isSampled) {
      progress.warn(
        "no-samples",
        `the dump has no sampled objects of the program: the profile has none. ${WHY_NO_SAMPLES}`,
      );
    }
    progress.phase("writing the profile");
    const tree = buildCallTree(profile);
    const rate = await chooseSamplingRate(heap, options["mem-profile-rate"], progress);
    const inUse = estimateBytesInUse(profile, rate.bytes);
    if (isSampled) compareEstimate(heap, inUse, progress);
    const selfSize = new Float64Array(tree.count);
    for (let bucket = 0; bucket < inUse.length; bucket++) selfSize[tree.bucketNode[bucket]!]! += inUse[bucket]!;

    const out = new JsonWriter(await sink.open());
    await out.text('{"head":');
    await writeCallTree(
      out,
      tree,
      (node) => `{"callFrame":${callFrame(tree, node)},"selfSize":${selfSize[node]},"id":${node + 1},"children":[`,
      "]}",
    );
    await out.text(',"samples":[');
    let separator = "";
    for (let bucket = 0; bucket < inUse.length; bucket++) {
      if (inUse[bucket] === 0) continue;
      const node = tree.bucketNode[bucket]! + 1;
      await out.text(`${separator}{"size":${inUse[bucket]},"nodeId":${node},"ordinal":${bucket + 1}}`);
      separator = ",\n";
    }
    await out.text("]}");
    await out.close();
  },
});

/** Estimated bytes in use per bucket, from live samples rather than allocations minus frees, which lag behind. */
function estimateBytesInUse(profile: MemoryProfile, rate: number): Float64Array {
  return countLiveSamples(profile).map((count, bucket) => estimateBytes(count, profile.buckets.size[bucket]!, rate));
}

function callFrame({ profile, sites, site }: CallTree, node: number): string {
  if (node === 0) {
    return `{"functionName":"(root)","scriptId":"0","url":"","lineNumber":${UNKNOWN_PLACE},"columnNumber":${UNKNOWN_PLACE}}`;
  }
  const row = site[node]!;
  const name = toAsciiJson(toWellFormed(profile.names[sites.function[row]!]!));
  const file = profile.names[sites.file[row]!]!;
  // DevTools shows the place only if the script's id is not 0; lines count from 0 here.
  const scriptId = file === "" ? 0 : sites.file[row]! + 1;
  const line = sites.line[row]! > 0 ? sites.line[row]! - 1 : UNKNOWN_PLACE;
  return `{"functionName":${name},"scriptId":"${scriptId}","url":${toAsciiJson(toWellFormed(file))},"lineNumber":${line},"columnNumber":0}`;
}
