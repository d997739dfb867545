/** Writes a whole trace: the process, the objects, and behind them what they refer to by number: classes, names, roots. */
import { breathe, formatNumber, type Heap, MAX_INT64, type Progress, type Sink } from "../../src/index.ts";
import { ClassTable } from "./class-table.ts";
import { FieldTable } from "./field-table.ts";
import { encodeText } from "./names.ts";
import { MOST_POINTERS, ObjectEncoder } from "./objects.ts";
import { type GraphIdentity, PacketWriter } from "./packets.ts";
import { RootObjects } from "./root-objects.ts";
import { bytesField, numberField, Tag, varint } from "./wire.ts";

/** Root vertices between two breaths: names are made for each. */
const ROOTS_BETWEEN_BREATHS = 1 << 13;
/** Ids of one HeapGraphRoot at the most. */
const ROOTS_TOGETHER = 1 << 14;

export interface TraceRequest {
  readonly heap: Heap;
  readonly identity: GraphIdentity;
  readonly processName: string;
  /** Whether unreachable objects are written. */
  readonly unreachable: boolean;
}

/**
 * Writes the trace to the sink's only file. One buffer of 1 MiB, or as long as the object with the most pointers needs, 8 bytes each; 4
 * bytes per root vertex; names of classes and fields. About 40 ns per object and 20 per pointer.
 * @throws on abort, `progress.signal.reason`
 */
export async function writeTrace(request: TraceRequest, sink: Sink, progress: Progress): Promise<void> {
  const { heap, identity, processName, unreachable } = request;
  const classes = new ClassTable(heap);
  const fields = new FieldTable(heap);
  const roots = new RootObjects(heap);
  const out = await sink.open();
  const packet = new PacketWriter(out, identity);
  await packet.describe(encodeText(processName));
  const { HeapAlloc: allocated = 0 } = heap.memStats ?? {};
  // A damaged dump may tell anything.
  if (allocated > 0 && allocated <= MAX_INT64) await packet.put(numberField(Tag.GRAPH_ALLOCATED, allocated));

  const { count: vertexCount } = heap.roots.vertices;
  progress.phase("writing roots", vertexCount, "steps");
  for (let vertex = 0; vertex < vertexCount; ) {
    const end = Math.min(vertex + ROOTS_BETWEEN_BREATHS, vertexCount);
    vertex = roots.fill(packet, vertex, end, classes, fields);
    if (packet.at > packet.limit) await packet.flush();
    progress.update(vertex);
    await breathe(progress);
  }
  progress.phase("writing objects", heap.objects.count, "objects");
  const objects = new ObjectEncoder(heap, classes, fields, roots.count, unreachable);
  while (objects.next < heap.objects.count) {
    objects.fill(packet);
    if (packet.at > packet.limit) await packet.flush();
    progress.update(objects.next);
    await breathe(progress);
  }
  progress.phase("writing names", classes.names.length + fields.texts.length, "steps");
  for (const [index, name] of classes.names.entries()) {
    const type = [
      ...numberField(Tag.TYPE_ID, index + 1),
      ...bytesField(Tag.TYPE_NAME, encodeText(name)),
      ...numberField(Tag.TYPE_KIND, classes.kinds[index]!),
    ];
    await packet.put(bytesField(Tag.GRAPH_TYPE, type));
  }
  for (const [index, text] of fields.texts.entries()) {
    const name = [...numberField(Tag.NAME_ID, index + 1), ...bytesField(Tag.NAME_TEXT, encodeText(text))];
    await packet.put(bytesField(Tag.GRAPH_FIELD_NAME, name));
    if (index % 4096 === 0) await breathe(progress);
  }
  for (const [type, ids] of roots.idsByType) {
    for (let done = 0; done < ids.length; done += ROOTS_TOGETHER) {
      const together = ids.slice(done, done + ROOTS_TOGETHER).flatMap(varint);
      const root = [...bytesField(Tag.ROOT_OBJECTS, together), ...numberField(Tag.ROOT_TYPE, type)];
      await packet.put(bytesField(Tag.GRAPH_ROOT, root));
    }
  }
  await packet.flush(true);
  await out.close();
  if (objects.cutCount > 0) {
    progress.warn(
      "pointers-left-out",
      `${formatNumber(objects.cutCount, "object has", "objects have")} more than ${MOST_POINTERS} pointers; those after these are left out`,
    );
  }
}
