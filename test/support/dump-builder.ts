/**
 * Draws heap dumps: objects, pointers, roots in a few lines, and out come the bytes that the runtime would have written,
 * record after record in its order. Works on the reader's inverse, `format/writer.ts`.
 *
 * Objects stand in spans of their size, as the allocator lays them out; spans of Go 1.22 and later end with the phantom
 * slots that its writer takes for objects. Nothing here uses what the reader knows of these things.
 */

import { type Contents, MEM_STATS_FIELDS, type Uint64 } from "../../src/format/records/records.ts";
import { Tag } from "../../src/format/records/tags.ts";
import { DumpWriter } from "../../src/format/records/writer.ts";
import { readHeap } from "../../src/heap/read.ts";
import type { Heap } from "../../src/index.ts";
import {
  addressOf,
  concat,
  type GoroutineOptions,
  GoroutineSketch,
  Region,
  Slot,
  Span,
  type Target,
  toUint64,
  uvarint,
} from "./dump-regions.ts";
import { type Part, virtualSource } from "./virtual-source.ts";

export { concat, Region, Slot, Span, toUint64, uvarint } from "./dump-regions.ts";

export interface DumpOptions {
  /** N of the header go1.N; 7 by default. */
  readonly header?: 3 | 4 | 5 | 6 | 7;
  /** Second string of Params; "go1.21.13" by default under header 7, else empty. */
  readonly version?: string;
  readonly pointerSize?: 4 | 8;
  readonly bigEndian?: boolean;
  /** GOARCH, or the compiler's letter before header 7. */
  readonly arch?: string | number;
  readonly heapStart?: Uint64;
  /** go1.3: bytes before a channel's buffer. */
  readonly channelHeaderSize?: number;
  /** Writes no globals, stacks, types and itabs, as gccgo does. */
  readonly gccgo?: boolean;
  /** False leaves out what stands after the goroutines, as a dump does that the runtime aborted. */
  readonly complete?: boolean;
}

export interface TypeOptions {
  readonly pointer?: boolean;
  readonly fields?: readonly (readonly [kind: number, offset: number])[];
  /** Go 1.5: what stands instead of the name. */
  readonly damage?: Uint8Array;
  /** Where the descriptor is, if not where the builder puts it. */
  readonly at?: number;
}

export interface FinalizerOptions {
  /** The function's code. */
  readonly pc?: number;
  /** Descriptor of the pointer's type. */
  readonly type?: number;
}

const PAGE = 8192n;
const STACK_START = 0xc800_0000_00n;
const TYPE_START = 0x4a_0000;
const DATA_START = 0x55_0000n;
const BSS_START = 0x56_0000n;

/** Collects what a test draws. */
export class DumpBuilder {
  readonly options: DumpOptions;
  readonly pointerSize: 4 | 8;
  readonly data = new Region(0);
  readonly bss = new Region(0);
  readonly #minor: number;
  readonly #spans: Span[] = [];
  /** By slot size: the span that `object` allocates from. */
  readonly #current = new Map<number, Span>();
  readonly #goroutines: GoroutineSketch[] = [];
  readonly #types: { address: number; size: Uint64; name: string; options: TypeOptions; itab: number | undefined }[] =
    [];
  readonly #finalizers: (FinalizerOptions & {
    readonly queued: boolean;
    readonly object: Target;
    readonly fn: Target;
  })[] = [];
  readonly #others: Target[] = [];
  readonly #threads: Target[] = [];
  readonly #buckets: { id: number; size: number; stack: readonly (readonly [string, string, number])[] }[] = [];
  readonly #samples: { readonly object: Target; readonly inside: number; readonly bucket: number }[] = [];

  constructor(options: DumpOptions = {}) {
    this.options = options;
    this.pointerSize = options.pointerSize ?? 8;
    const minor = /^go1\.(\d+)/.exec(this.version)?.[1];
    this.#minor = options.gccgo ? 0 : Number(minor ?? 0);
    this.data.at = DATA_START;
    this.bss.at = BSS_START;
  }

  /** runtime.MemStats, in the runtime's order. */
  readonly memStats: number[] = Array.from({ length: MEM_STATS_FIELDS }, (_, i) => i * 1000);

  get version(): string {
    return this.options.version ?? ((this.options.header ?? 7) === 7 ? "go1.21.13" : "");
  }

  get #heapStart(): Uint64 {
    return this.options.heapStart ?? (this.pointerSize === 8 ? 0xc0_0000_0000 : 0x1840_0000);
  }

  /** Allocates an object: in a span of its size, or at an address of its own. */
  object(size: number, options: { readonly address?: Uint64; readonly present?: number } = {}): Slot {
    if (options.address !== undefined || options.present !== undefined || size > 1 << 20) {
      const slot = new Slot(size, options.address);
      slot.present = options.present;
      const span = new Span(size, undefined, options.address);
      span.slots.push(slot);
      this.#spans.push(span);
      return slot;
    }
    const pages = BigInt(Math.ceil(size / 8192)) * PAGE;
    let span = this.#current.get(size);
    if (span === undefined || span.slots.length >= liveSlots(Number(pages), size, this.#reserve(size, true))) {
      span = new Span(size, undefined);
      this.#spans.push(span);
      this.#current.set(size, span);
    }
    return span.slot(span.slots.length);
  }

  /** Makes a span whose slots the test allocates itself. */
  span(slotSize: number, options: { readonly scan?: boolean; readonly base?: Uint64 } = {}): Span {
    const span = new Span(slotSize, options.scan, options.base);
    this.#spans.push(span);
    return span;
  }

  /** Adds a global variable that points to `target`; returns its offset in the data segment. */
  root(target: Target, inside = 0): number {
    const offset = this.data.size;
    this.data.size += this.pointerSize;
    this.data.point(offset, target, inside);
    return offset;
  }

  /** Adds a global variable without an initial value that points to `target`. */
  bssRoot(target: Target): number {
    const offset = this.bss.size;
    this.bss.size += this.pointerSize;
    this.bss.point(offset, target);
    return offset;
  }

  goroutine(options: GoroutineOptions = {}): GoroutineSketch {
    const goroutine = new GoroutineSketch(options);
    this.#goroutines.push(goroutine);
    return goroutine;
  }

  /** Adds a type descriptor; returns its address. */
  type(name: string, size: Uint64, options: TypeOptions = {}): number {
    const address = options.at ?? TYPE_START + this.#types.length * 64;
    this.#types.push({ address, size, name, options, itab: undefined });
    return address;
  }

  /** Adds an itab for a type; returns the itab's address. */
  itab(type: number): number {
    const row = this.#types.find(({ address }) => address === type)!;
    row.itab = type + 0x10_0000;
    return row.itab;
  }

  finalizer(object: Target, fn: Target = 0, options: FinalizerOptions = {}): void {
    this.#finalizers.push({ queued: false, object, fn, ...options });
  }

  queuedFinalizer(object: Target, fn: Target = 0, options: FinalizerOptions = {}): void {
    this.#finalizers.push({ queued: true, object, fn, ...options });
  }

  /** go1.3. */
  otherRoot(target: Target): void {
    this.#others.push(target);
  }

  thread(m: Target): void {
    this.#threads.push(m);
  }

  /** Adds a bucket of the allocation profile; call sites are function, file, line, innermost first. */
  bucket(size: number, ...stack: (readonly [string, string, number])[]): number {
    const id = 0x7f88_1234_0000 + this.#buckets.length * 512;
    this.#buckets.push({ id, size, stack });
    return id;
  }

  sample(object: Target, bucket: number, inside = 0): void {
    this.#samples.push({ object, inside, bucket });
  }

  /** The dump as parts: contents that were drawn with `present` are zeros, but for the words stored in them. */
  parts(): Part[] {
    this.#layOut();
    const { header = 7, gccgo = false, complete = true } = this.options;
    const parts: Part[] = [];
    const layout = { header, gccgo13: gccgo && header === 3 };
    const writer = new DumpWriter((chunk) => parts.push(chunk.slice()), layout, virtualSource([]));
    this.#writeParams(writer);
    if (!gccgo) this.#writeTypes(writer);
    for (const span of this.#spans) this.#writeSpan(writer, span, parts);
    for (const [i, goroutine] of this.#goroutines.entries()) this.#writeGoroutine(writer, goroutine, i);
    if (complete) {
      for (const m of this.#threads) {
        writer.write({ tag: Tag.OS_THREAD, address: toUint64(addressOf(m)), id: 1, osId: 4711 });
      }
      if (!gccgo) {
        for (const [tag, region] of [[Tag.DATA, this.data] as const, [Tag.BSS, this.bss] as const]) {
          const contents = this.#contents(region);
          writer.write({ tag, address: toUint64(region.at!), contents, fields: region.fieldList() });
        }
      }
      this.#writeRest(writer);
      writer.write({ tag: Tag.EOF });
    }
    writer.flush();
    return parts;
  }

  #layOut(): void {
    let next = BigInt(this.#heapStart);
    for (const span of this.#spans) {
      const pages = BigInt(Math.ceil(Math.max(1, span.slotSize) / 8192)) * PAGE;
      span.base ??= next;
      if (span.base + pages > next && span.base < next + 2n ** 40n) next = ceilPage(span.base + pages);
      for (const slot of span.slots) slot.at ??= span.base + BigInt((slot.index ?? 0) * span.slotSize);
    }
    this.#goroutines.forEach((goroutine, i) => {
      const start = (this.pointerSize === 8 ? STACK_START : 0x1800_0000n) + BigInt(i) * 0x1_0000n;
      let sp = BigInt(goroutine.options.stack ?? start);
      for (const { region } of goroutine.frames) {
        region.at = sp;
        sp += BigInt(region.size);
      }
    });
  }

  /** Bytes at the end of a small object's page that are no slots. */
  #reserve(size: number, scan: boolean): number {
    const maxSize = this.pointerSize * this.pointerSize * 8;
    if (size > maxSize || this.#minor < 22) return 0;
    if (this.#minor === 22 && this.version.includes("noallocheaders")) return 0;
    const greenTea = this.#minor >= 26 ? !this.version.includes("nogreenteagc") : this.version.includes("X:greenteagc");
    return (scan ? 8192 / this.pointerSize / 8 : 0) + (greenTea && size >= 16 ? 128 : 0);
  }

  #writeSpan(writer: DumpWriter, span: Span, parts: Part[]): void {
    const scan = span.scan ?? span.slots.some((slot) => slot.fields.length > 0);
    for (const slot of [...span.slots].sort((a, b) => (a.index ?? 0) - (b.index ?? 0))) {
      if (slot.present !== undefined) {
        this.#writeHuge(writer, slot, parts);
        continue;
      }
      const contents = this.#contents(slot);
      this.#writeObject(writer, slot, contents);
    }
    const reserve = this.#reserve(span.slotSize, scan);
    if (reserve === 0 || span.slots.some((slot) => slot.index === undefined)) return;
    const count = Math.floor(8192 / span.slotSize);
    for (let i = liveSlots(8192, span.slotSize, reserve); i < count; i++) {
      const phantom = new Slot(span.slotSize, span.base! + BigInt(i * span.slotSize));
      // Go 1.24 and later list the word of 8-byte slots, which is none.
      if (scan && span.slotSize === 8 && this.pointerSize === 8 && this.#minor >= 24) phantom.point(0, 2n ** 64n - 1n);
      this.#writeObject(writer, phantom, this.#contents(phantom));
    }
  }

  #writeObject(writer: DumpWriter, slot: Slot, contents: Contents): void {
    const { type, kind } = slot;
    writer.write({ tag: Tag.OBJECT, address: toUint64(slot.at!), type, kind, contents, fields: slot.fieldList() });
  }

  /** Contents between the length and the field list are put in as parts, so that they take no memory. */
  #writeHuge(writer: DumpWriter, slot: Slot, parts: Part[]): void {
    writer.flush();
    const first = parts.length;
    this.#writeObject(writer, slot, { position: 0, length: slot.size, present: 0 });
    writer.flush();
    const record = parts.splice(first).flatMap((part) => Array.from(part as Uint8Array));
    const prefix = [Tag.OBJECT, toUint64(slot.at!)];
    if (this.options.header === 3) prefix.push(slot.type as number, slot.kind);
    const prefixLength = [...prefix, slot.size].reduce<number>((sum, value) => sum + uvarint(value).length, 0);
    parts.push(Uint8Array.from(record.slice(0, prefixLength)));
    let at = 0;
    for (const [offset, value] of [...slot.words].sort((a, b) => a[0] - b[0])) {
      if (offset + this.pointerSize > slot.present!) break;
      parts.push(offset - at, this.#word(value()));
      at = offset + this.pointerSize;
    }
    parts.push(slot.present! - at, Uint8Array.from(record.slice(prefixLength)));
  }

  #contents(region: Region): Uint8Array {
    const bytes = new Uint8Array(region.size);
    for (const [offset, value] of region.words) {
      if (offset + this.pointerSize <= region.size) bytes.set(this.#word(value()), offset);
    }
    return bytes;
  }

  #word(value: bigint): Uint8Array {
    const bytes = new Uint8Array(this.pointerSize);
    const view = new DataView(bytes.buffer);
    const littleEndian = this.options.bigEndian !== true;
    if (this.pointerSize === 8) view.setBigUint64(0, value, littleEndian);
    else view.setUint32(0, Number(BigInt.asUintN(32, value)), littleEndian);
    return bytes;
  }

  #writeParams(writer: DumpWriter): void {
    const { header = 7, bigEndian = false, arch } = this.options;
    const heapStart = this.#heapStart;
    const letter = this.options.gccgo ? 0 : this.pointerSize === 8 ? 54 : 56;
    writer.write({
      tag: Tag.PARAMS,
      bigEndian,
      pointerSize: this.pointerSize,
      channelHeaderSize: this.options.channelHeaderSize ?? 88,
      heapStart,
      heapEnd: toUint64(BigInt(heapStart) + 0x400_0000n),
      arch: arch ?? (header === 7 ? (this.pointerSize === 8 ? "amd64" : "386") : letter),
      version: this.version,
      cpuCount: 2,
    });
  }

  #writeTypes(writer: DumpWriter): void {
    for (const { address, size, name, options, itab } of this.#types) {
      const { pointer = true, fields = [], damage } = options;
      writer.write({
        tag: Tag.TYPE,
        address,
        size,
        name,
        ...(damage === undefined ? {} : { damage }),
        pointer,
        fields: { kind: Uint8Array.from(fields, (f) => f[0]), offset: Float64Array.from(fields, (f) => f[1]) },
      });
      if (itab === undefined) continue;
      const type = this.options.header === 3 ? (pointer ? 1 : 0) : address;
      writer.write({ tag: Tag.ITAB, address: itab, type });
    }
  }

  #writeGoroutine(writer: DumpWriter, goroutine: GoroutineSketch, number: number): void {
    const { options, frames, defers, panics } = goroutine;
    const g = toUint64(addressOf(options.g ?? 0x57_0000 + number * 0x200));
    writer.write({
      tag: Tag.GOROUTINE,
      address: g,
      stackPointer: toUint64(frames[0]?.region.at ?? 0n),
      id: options.id ?? number + 1,
      createdBy: 0x40_1234,
      status: options.status ?? 4,
      system: false,
      background: false,
      waitSince: options.waitSince ?? 0,
      waitReason: options.waitReason ?? "chan receive",
      context: toUint64(addressOf(options.context ?? 0)),
      thread: toUint64(addressOf(options.thread ?? 0)),
      defer: toUint64(addressOf(defers[0]?.address ?? 0)),
      panic: toUint64(addressOf(panics[0]?.address ?? 0)),
    });
    let child: Uint64 = 0;
    for (const [depth, { name, region, entry, pc }] of frames.entries()) {
      const stackPointer = toUint64(region.at!);
      writer.write({
        tag: Tag.STACK_FRAME,
        stackPointer,
        depth,
        child,
        contents: this.#contents(region),
        entry,
        pc,
        continuationPc: pc,
        name,
        fields: region.fieldList(),
      });
      child = stackPointer;
    }
    for (const { address, fn } of defers) {
      const [defer, closure] = [toUint64(addressOf(address)), toUint64(addressOf(fn))];
      const rest = { stackPointer: 0, pc: 0x40_1020, functionPc: 0x40_1000, next: 0 };
      writer.write({ tag: Tag.DEFER, address: defer, goroutine: g, function: closure, ...rest });
    }
    for (const { address, type, data } of panics) {
      const [panic, argument] = [toUint64(addressOf(address)), toUint64(addressOf(data))];
      writer.write({ tag: Tag.PANIC, address: panic, goroutine: g, type, data: argument, defer: 0, next: 0 });
    }
  }

  #writeRest(writer: DumpWriter): void {
    for (const target of this.#others) {
      const pointer = toUint64(addressOf(target));
      writer.write({ tag: Tag.OTHER_ROOT, description: "runtime type info", pointer });
    }
    for (const { queued, object, fn, pc = 0x40_1000, type = TYPE_START } of this.#finalizers) {
      writer.write({
        tag: queued ? Tag.QUEUED_FINALIZER : Tag.FINALIZER,
        object: toUint64(addressOf(object)),
        function: toUint64(addressOf(fn)),
        pc,
        parameterType: type,
        objectType: type,
      });
    }
    writer.write({ tag: Tag.MEM_STATS, values: this.memStats });
    for (const { id, size, stack } of this.#buckets) {
      const sites = stack.map(([fn, file, line]) => ({ function: fn, file, line }));
      writer.write({ tag: Tag.MEM_PROF, id, size, stack: sites, allocations: 10, frees: 4 });
    }
    for (const { object, inside, bucket } of this.#samples) {
      const address = toUint64(addressOf(object) + BigInt(inside));
      writer.write({ tag: Tag.ALLOC_SAMPLE, address, bucket });
    }
  }
}

/** Slots of a span that can be objects (nelems). */
function liveSlots(spanSize: number, slotSize: number, reserve: number): number {
  return Math.floor((spanSize - reserve) / slotSize);
}

function ceilPage(address: bigint): bigint {
  return ((address + PAGE - 1n) / PAGE) * PAGE;
}

/** Builds the dump that `draw` draws. */
export function buildDump(draw: (dump: DumpBuilder) => void, options: DumpOptions = {}): Uint8Array<ArrayBuffer> {
  const builder = new DumpBuilder(options);
  draw(builder);
  return concat(...builder.parts().map((part) => (typeof part === "number" ? new Uint8Array(part) : part)));
}

/** Builds the dump that `draw` draws and reads it; contents take no memory but for the words stored in them. */
export async function readDump<T>(
  draw: (dump: DumpBuilder) => T,
  options: DumpOptions & { readonly salvage?: boolean } = {},
): Promise<{ readonly heap: Heap; readonly drawn: T }> {
  const builder = new DumpBuilder(options);
  const drawn = draw(builder);
  const heap = await readHeap(virtualSource(builder.parts()), { salvage: options.salvage === true });
  return { heap, drawn };
}
