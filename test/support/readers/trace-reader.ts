/**
 * Reads Perfetto traces with heap graphs: decoded by protobufjs from proto/heap-graph.proto, so that it shares nothing with what
 * writes them. Stricter than Perfetto: whatever that counts as an error, or would silently pass over, is one.
 */
import { join } from "node:path";
import protobuf from "protobufjs";
import { packageFolder } from "../../../src/converter/running-package.ts";

const schema = protobuf.loadSync(join(packageFolder(), "proto/heap-graph.proto"));
const Packet = schema.lookupType("perfetto.protos.TracePacket");
const PACKET_TAG = 0x0a;

export interface ReadReference {
  readonly field: string;
  /** "" where none is told. */
  readonly fieldType: string;
  /** Id of the object that is referred to. */
  readonly to: number;
}

export interface ReadObject {
  readonly id: number;
  readonly className: string;
  readonly kind: string;
  readonly size: number;
  readonly references: readonly ReadReference[];
  /** "ROOT_STICKY_CLASS"; undefined for what is no root itself. */
  readonly rootType: string | undefined;
}

export interface ReadGraph {
  readonly pid: number;
  readonly timestamp: bigint;
  readonly sequence: number;
  readonly packetCount: number;
  readonly heapAllocated: number | undefined;
  /** By id. */
  readonly objects: ReadonlyMap<number, ReadObject>;
}

export interface ReadTrace {
  /** Names by pid. */
  readonly processes: ReadonlyMap<number, string>;
  readonly graphs: readonly ReadGraph[];
}

/** Every name that a trace shows to people. */
export function namesOf({ processes, graphs }: ReadTrace): readonly string[] {
  const names = new Set(processes.values());
  for (const { objects } of graphs) {
    for (const { className, references } of objects.values()) {
      names.add(className);
      for (const { field, fieldType } of references) names.add(field).add(fieldType);
    }
  }
  return [...names];
}

interface DecodedGraph {
  readonly pid: number;
  readonly index: number;
  readonly continued: boolean;
  readonly heapBytesAllocated: number | undefined;
  readonly objects: readonly {
    readonly id?: number;
    readonly idDelta?: number;
    readonly typeId: number;
    readonly selfSize: number;
    readonly referenceFieldId: readonly number[];
    readonly referenceObjectId: readonly number[];
  }[];
  readonly fieldNames: readonly { readonly iid: number; readonly str: Uint8Array }[];
  readonly types: readonly { readonly id: number; readonly className: string; readonly kind: string }[];
  readonly roots: readonly { readonly objectIds: readonly number[]; readonly rootType: string }[];
}

interface Decoded {
  readonly timestamp: string;
  readonly trustedPacketSequenceId: number;
  readonly processTree: { readonly processes: readonly { pid: number; cmdline: readonly string[] }[] } | null;
  readonly heapGraph: DecodedGraph | null;
}

/** Decodes a trace, also one of several that were put together. @throws Error for what Perfetto would not take as it is meant */
export function readTrace(bytes: Uint8Array): ReadTrace {
  const processes = new Map<number, string>();
  const graphs: ReadGraph[] = [];
  const open = new Map<number, GraphReader>();
  for (const packet of listPackets(bytes)) {
    for (const { pid, cmdline } of packet.processTree?.processes ?? []) processes.set(pid, cmdline.join(" "));
    if (packet.heapGraph === null) continue;
    const key = packet.trustedPacketSequenceId;
    if (key === 0) throw new Error("a packet without a sequence");
    const reader = open.get(key) ?? new GraphReader(packet);
    open.set(key, reader);
    reader.add(packet);
    if (packet.heapGraph.continued) continue;
    graphs.push(reader.finish());
    open.delete(key);
  }
  if (open.size > 0) throw new Error("a heap graph without an end");
  return { processes, graphs };
}

function* listPackets(bytes: Uint8Array): Generator<Decoded> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    if (reader.uint32() !== PACKET_TAG) throw new Error(`no packet at byte ${reader.pos}`);
    const message = Packet.decode(reader.bytes());
    yield Packet.toObject(message, { longs: Number, enums: String, defaults: true, oneofs: true }) as Decoded;
  }
}

class GraphReader {
  readonly #first: Decoded;
  readonly #objects: DecodedGraph["objects"][number][] = [];
  readonly #ids: number[] = [];
  readonly #types = new Map<number, { readonly className: string; readonly kind: string }>();
  readonly #fields = new Map<number, { readonly field: string; readonly fieldType: string }>();
  readonly #roots = new Map<number, string>();
  #packetCount = 0;
  #allocated: number | undefined;

  constructor(first: Decoded) {
    this.#first = first;
  }

  add({ heapGraph, timestamp }: Decoded): void {
    const { pid, index, objects, fieldNames, types, roots, heapBytesAllocated } = heapGraph!;
    if (index !== this.#packetCount++) throw new Error(`packet ${index} follows packet ${this.#packetCount - 2}`);
    if (pid !== this.#first.heapGraph!.pid || timestamp !== this.#first.timestamp)
      throw new Error("packets of two dumps");
    if (heapBytesAllocated) this.#allocated = heapBytesAllocated;
    for (const object of objects) {
      if (this.#fields.size > 0) throw new Error("an object behind the names: Perfetto would not name its references");
      this.#ids.push(object.idDelta ? (this.#ids.at(-1) ?? 0) + object.idDelta : object.id!);
      this.#objects.push(object);
    }
    for (const { id, className, kind } of types) insert(this.#types, id, { className, kind });
    for (const { iid, str } of fieldNames) {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(str);
      const space = text.indexOf(" ");
      insert(this.#fields, iid, { field: text.slice(space + 1), fieldType: text.slice(0, Math.max(space, 0)) });
    }
    for (const { objectIds, rootType } of roots) for (const id of objectIds) insert(this.#roots, id, rootType);
  }

  finish(): ReadGraph {
    const objects = new Map<number, ReadObject>();
    const known = new Set(this.#ids);
    for (const [row, object] of this.#objects.entries()) {
      const { typeId, selfSize, referenceFieldId, referenceObjectId } = object;
      if (referenceFieldId.length !== referenceObjectId.length)
        throw new Error("references without a field, or without an object");
      const references = referenceObjectId.map((to, i) => {
        if (!known.has(to)) throw new Error(`a reference to object ${to}, which is not there`);
        return { ...find(this.#fields, referenceFieldId[i]!), to };
      });
      const id = this.#ids[row]!;
      insert(objects, id, {
        id,
        ...find(this.#types, typeId),
        size: selfSize,
        references,
        rootType: this.#roots.get(id),
      });
    }
    for (const id of this.#roots.keys()) if (!known.has(id)) throw new Error(`a root ${id} that is not there`);
    return {
      pid: this.#first.heapGraph!.pid,
      timestamp: BigInt(this.#first.timestamp),
      sequence: this.#first.trustedPacketSequenceId,
      packetCount: this.#packetCount,
      heapAllocated: this.#allocated,
      objects,
    };
  }
}

function insert<V>(map: Map<number, V>, key: number, value: V): void {
  if (key === 0 || map.has(key)) throw new Error(`${key} is there twice, or no number of anything`);
  map.set(key, value);
}

function find<V>(map: ReadonlyMap<number, V>, key: number): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`${key} is nothing`);
  return value;
}
