/**
 * The measured program for what the command line does not do alone: `measure.js graph|heap|typed|values|dominators|retained
 * <dump> [executable]`. Prints the CPU seconds of its phases and the size of what it worked on, as JSON.
 */
import type { OptionValues } from "../../src/converter/converter.ts";
import type { Heap } from "../../src/heap/heap.ts";
import { readHeap } from "../../src/heap/read.ts";
import { openFile } from "../../src/io/sources/file-source.ts";
import type { ByteSource } from "../../src/io/sources/source.ts";
import { NO_PROGRESS } from "../../src/progress.ts";

/** What a child prints; CPU in seconds. */
export interface Phases {
  /** Reading the file once, without looking at it. */
  readonly read: number;
  /** The process from its start until all pointers are resolved, less `read`. */
  readonly graph: number;
  /** Typing the heap from the executable; 0 without one. */
  readonly typing: number;
  /** Containers and the walk of values of a typed heap; 0 if not asked for. */
  readonly values: number;
  /** Dominators and retained sizes; 0 if not asked for. */
  readonly dominators: number;
  /** The profile of what retains the memory, after dominators; 0 if not asked for. */
  readonly retained: number;
  readonly objects: number;
  readonly edges: number;
}

const CHUNK_SIZE = 4 << 20;

/** The phase of `readHeap` that begins when decoding, sorting and resolving are done. */
const PHASE_AFTER_GRAPH = "following roots";

const [what, path, executable] = process.argv.slice(2);
const source = openFile(path!);
const read = await cpuOf(async () => readOnce(source));
let graph = Number.NaN;
let heap: Heap = await readHeap(source, {
  keepShapes: executable !== undefined,
  progress: {
    ...NO_PROGRESS,
    phase(name) {
      if (name === PHASE_AFTER_GRAPH) graph = cpuSince(undefined) - read;
    },
  },
});
if (Number.isNaN(graph)) throw new Error(`bug: readHeap has no phase "${PHASE_AFTER_GRAPH}"`);

// What the graph does not need is loaded after it; loading is not part of any phase.
const { computeRetainedSizes } = await import("../../src/analysis/dominators/retained-size.ts");
const { openExecutable } = await import("../../src/binary/index.ts");
const { typeHeap } = await import("../../src/typing/type-heap.ts");
const { computeValues } = await import("../../src/values/values.ts");
const { createMemorySink } = await import("../../src/io/sinks/memory-sink.ts");
const { default: pprof } = await import("../../converters/pprof/index.ts");

const typing = executable === undefined ? 0 : await cpuOf(() => typeFrom(executable));
const values = what === "values" ? await cpuOf(() => computeValues(heap)) : 0;
const withDominators = what === "dominators" || what === "retained";
const dominators = withDominators ? await cpuOf(() => computeRetainedSizes(heap)) : 0;
const retained = what === "retained" ? await cpuOf(() => writeRetained()) : 0;
const { objects, edges } = heap;
const counts = { objects: objects.count, edges: edges.count };
const phases: Phases = { read, graph, typing, values, dominators, retained, ...counts };
process.stdout.write(`${JSON.stringify(phases)}\n`);
heap.close();

function readOnce(from: ByteSource): void {
  const chunk = new Uint8Array(CHUNK_SIZE);
  for (let position = 0; position < from.size; position += CHUNK_SIZE) from.read(chunk, 0, CHUNK_SIZE, position);
}

async function typeFrom(file: string): Promise<void> {
  heap = (await typeHeap(heap, openExecutable(openFile(file)))).heap;
}

async function writeRetained(): Promise<void> {
  const defaults = Object.fromEntries(Object.entries(pprof.options).map(([name, spec]) => [name, spec.default]));
  await pprof.convert(heap, createMemorySink(), defaults as OptionValues<typeof pprof.options>, NO_PROGRESS);
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
