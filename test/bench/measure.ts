/**
 * The measured program for what the command line does not do alone: `measure.js graph|heap|dominators <dump>`. Prints the
 * CPU seconds of its phases and the size of what it worked on, as JSON.
 */
import { computeRetainedSizes } from "../../src/analysis/retained-size.ts";
import { readHeap } from "../../src/heap/read.ts";
import { type ByteSource, openFile } from "../../src/io/source.ts";
import { NO_PROGRESS } from "../../src/progress.ts";

/** What a child prints; CPU in seconds. */
export interface Phases {
  /** Reading the file once, without looking at it. */
  readonly read: number;
  /** The process from its start until all pointers are resolved, less `read`. */
  readonly graph: number;
  /** Dominators and retained sizes; 0 if not asked for. */
  readonly dominators: number;
  readonly objects: number;
  readonly edges: number;
}

const CHUNK_SIZE = 4 << 20;

/** The phase of `readHeap` that begins when decoding, sorting and resolving are done. */
const PHASE_AFTER_GRAPH = "following roots";

const [what, path] = process.argv.slice(2);
const source = openFile(path!);
const read = await cpuOf(async () => readOnce(source));
let graph = Number.NaN;
const heap = await readHeap(source, {
  progress: {
    ...NO_PROGRESS,
    phase(name) {
      if (name === PHASE_AFTER_GRAPH) graph = cpuSince(undefined) - read;
    },
  },
});
if (Number.isNaN(graph)) throw new Error(`bug: readHeap has no phase "${PHASE_AFTER_GRAPH}"`);
const dominators = what === "dominators" ? await cpuOf(() => computeRetainedSizes(heap)) : 0;
const phases: Phases = { read, graph, dominators, objects: heap.objects.count, edges: heap.edges.count };
process.stdout.write(`${JSON.stringify(phases)}\n`);
heap.close();

function readOnce(from: ByteSource): void {
  const chunk = new Uint8Array(CHUNK_SIZE);
  for (let position = 0; position < from.size; position += CHUNK_SIZE) from.read(chunk, 0, CHUNK_SIZE, position);
}

/** CPU seconds, user and system, of all threads while `work` runs. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return cpuSince(before);
}

function cpuSince(before: NodeJS.CpuUsage | undefined): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
