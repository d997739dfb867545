/** Writes a whole snapshot: header, nodes, edges, allocation stacks if there are any, strings. */
import {
  computeContainers,
  formatNumber,
  type Heap,
  type Progress,
  REACHABLE,
  type Sink,
  StringTexts,
  TypeKind,
} from "../../src/index.ts";
import { EdgeNames } from "./edge-names.ts";
import { chooseIdScheme, type IdScheme } from "./identity.ts";
import { JsonWriter, type Section, writeSection } from "./json-writer.ts";
import { META } from "./layout.ts";
import { listLengths } from "./lengths.ts";
import { findMapParts } from "./map-parts.ts";
import { toAsciiJson } from "./names.ts";
import { ObjectEdges } from "./object-edges.ts";
import { LastNodes, type NodeContext, ObjectNodes } from "./object-nodes.ts";
import { planSnapshot, type SnapshotPlan } from "./plan.ts";
import { RootEdges } from "./root-edges.ts";
import { RootNodes } from "./root-nodes.ts";
import { StringNames } from "./string-names.ts";
import { StringTable } from "./strings.ts";
import type { TraceTree } from "./traces/trace-tree.ts";

/** Version of `snapshot.gohd`. */
const METADATA_VERSION = 1;

/** What VS Code's editor still opens; measured with its parser, 0.1.0. */
const VSCODE_LIMITS = { nodes: 6_000_000, bytes: 422e6 } as const;

/** What memlab still opens; measured with 2.0.5. */
const MEMLAB_BYTES = 900e6;

export interface SnapshotRequest {
  readonly heap: Heap;
  /** Whether unreachable objects are written. */
  readonly unreachable: boolean;
  /** Whether what maps are made of has nodes of its own. */
  readonly internals: boolean;
  /** Whether lengths and capacities have nodes. */
  readonly lengths: boolean;
  /** Whether texts of strings and keys of maps are written. */
  readonly contents: boolean;
  /** UTF-16 units after which the text of a string is cut. */
  readonly stringLength: number;
  /** Allocation stacks, or undefined for a plain snapshot. */
  readonly traces: TraceTree | undefined;
}

/**
 * Writes the snapshot to the sink's only file. Two buffers of 1 MiB; 4 bytes per object if unreachable objects are left
 * out, else nothing per object. About 35 ns per node or edge (5.8 M objects, 16 M edges: 0.75 s, Node 20).
 * @throws ConverterError if DevTools could not load the file; on abort, `progress.signal.reason`.
 */
export async function writeSnapshot(request: SnapshotRequest, sink: Sink, progress: Progress): Promise<void> {
  const { heap, traces } = request;
  const isMerged = !request.internals && heap.types.layouts !== undefined;
  const maps = isMerged ? findMapParts(heap, await computeContainers(heap, progress)) : undefined;
  const isNode = (object: number): boolean =>
    (request.unreachable || (heap.objects.flags[object]! & REACHABLE) !== 0) &&
    (maps === undefined || maps.wholeOf[object] === object);
  const hasLengths = request.lengths && heap.types.layouts !== undefined;
  const lengths = hasLengths ? await listLengths(heap, isNode, progress) : undefined;
  const plan = planSnapshot(heap, request.unreachable, maps, lengths);
  const ids = chooseIdScheme(heap);
  if (ids.kind === "dense") {
    progress.warn(
      "no-comparison",
      "the heap's addresses span more than 15.9 GiB, too much for ids made from addresses: DevTools' Comparison view will not recognise objects in another dump's snapshot",
    );
  }
  const strings = new StringTable();
  const stringNames = await prepareStringNames(request, strings, progress);
  const { fields } = heap.types;
  const edgeNames = fields === undefined ? undefined : new EdgeNames(heap, fields, strings, request.contents);
  const context: NodeContext = { plan, ids, strings, traces: traces?.objects, stringNames };
  progress.phase("writing nodes and edges", plan.nodeCount + plan.edgeCount, "steps");

  const out = new JsonWriter(await sink.open());
  const header = {
    meta: META,
    node_count: plan.nodeCount,
    edge_count: plan.edgeCount,
    trace_function_count: traces?.functionCount ?? 0,
    gohd: metadata(request, ids),
  };
  await out.text(`{"snapshot":${toAsciiJson(header)},\n"nodes":[`);
  const nodes = [new RootNodes(plan, strings), new ObjectNodes(context), new LastNodes(context)];
  await writeExactly(plan.nodeCount, "nodes", nodes, 0);
  await out.text('],\n"edges":[');
  const edges = [new RootEdges(plan, strings), new ObjectEdges(plan, strings, edgeNames)];
  await writeExactly(plan.edgeCount, "edges", edges, plan.nodeCount);
  await out.text('],\n"trace_function_infos":[');
  await traces?.writeFunctions(out, strings);
  await out.text('],\n"trace_tree":[');
  await traces?.writeTree(out);
  await out.text('],\n"samples":[],\n"locations":[],\n"strings":');
  await strings.write(out);
  await out.text("}");
  const { size } = out;
  await out.close();
  warnOfSize(plan, size, traces !== undefined, progress);
  warnOfOmissions(stringNames, edgeNames, progress);

  async function writeExactly(count: number, what: string, sections: Section[], progressStart: number) {
    let done = 0;
    for (const section of sections) {
      await writeSection(out, section, progress, progressStart + done);
      done += section.done;
    }
    if (done !== count) throw new Error(`bug: ${done} ${what} were written, ${count} announced`);
  }
}

/** What tools may want to know and V8's header has no place for. Clients ignore it. */
function metadata({ heap, unreachable }: SnapshotRequest, ids: IdScheme) {
  const { dump, objects } = heap;
  let unreachableCount = 0;
  for (let i = 0; i < objects.count; i++) if ((objects.flags[i]! & REACHABLE) === 0) unreachableCount++;
  return {
    version: METADATA_VERSION,
    goVersion: dump.go.text,
    arch: dump.arch,
    pointerSize: dump.pointerSize,
    /** "address": object id = 2^24 + 1 + 2·((address - idBase) / 8). */
    idScheme: ids.kind,
    idBase: `0x${(dump.addressBase + BigInt(ids.base)).toString(16)}`,
    unreachableObjects: unreachableCount,
    unreachableWritten: unreachable,
  };
}

function warnOfSize({ nodeCount }: SnapshotPlan, size: number, hasTraces: boolean, progress: Progress): void {
  // Neither opens a file with allocation stacks anyway.
  if (hasTraces) return;
  if (nodeCount > VSCODE_LIMITS.nodes || size > VSCODE_LIMITS.bytes) {
    progress.warn(
      "too-large-for-vscode",
      `VS Code's heap snapshot editor fails on files of more than about ${VSCODE_LIMITS.bytes / 1e6} MB or ${VSCODE_LIMITS.nodes / 1e6} million nodes; this one has ${Math.round(size / 1e6)} MB and ${nodeCount} nodes. Chrome DevTools opens it`,
    );
  }
  if (size > MEMLAB_BYTES) {
    progress.warn(
      "too-large-for-memlab",
      `memlab fails on files of more than about ${MEMLAB_BYTES / 1e6} MB; this one has ${Math.round(size / 1e6)} MB. Chrome DevTools opens it`,
    );
  }
}

/** Looks up how long strings are, if there are any whose text is to be shown. */
async function prepareStringNames(
  { heap, contents, stringLength }: SnapshotRequest,
  strings: StringTable,
  progress: Progress,
): Promise<StringNames | undefined> {
  if (!contents || !heap.types.kind.includes(TypeKind.STRING)) return undefined;
  progress.phase("measuring strings", heap.objects.count, "objects");
  return new StringNames(await StringTexts.prepare(heap, progress), stringLength, strings);
}

function warnOfOmissions(
  stringNames: StringNames | undefined,
  edgeNames: EdgeNames | undefined,
  progress: Progress,
): void {
  if (stringNames !== undefined && stringNames.omittedCount > 0) {
    progress.warn(
      "texts-left-out",
      `the texts of ${formatNumber(stringNames.omittedCount, "string")} were left out, because clients grow slow with more than 100 MB of them; a smaller --string-length makes room`,
    );
  }
  if (edgeNames !== undefined && edgeNames.omittedCount > 0) {
    progress.warn(
      "keys-left-out",
      `${formatNumber(edgeNames.omittedCount, "pointer")} of map entries got the name of the slot, not of the key: there are too many to name`,
    );
  }
}
