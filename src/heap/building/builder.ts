/**
 * HeapBuilder: takes the records of one dump in their order and builds the heap of them. `finish` seals it.
 */

import { ObjectColumns } from "../../format/objects/object-columns.ts";
import type { ObjectFormat } from "../../format/objects/object-format.ts";
import { addressBaseHigh, addressFromUint64 } from "../../format/records/address.ts";
import { ContentsWords } from "../../format/records/contents-words.ts";
import type { Cursor } from "../../format/records/cursor.ts";
import {
  type ContentsRange,
  type DeferRecord,
  type DumpRecord,
  type FinalizerRecord,
  MEM_STATS_FIELDS,
  type MemStatsRecord,
  type ObjectRecord,
  type PanicRecord,
  type ParamsRecord,
  type SegmentRecord,
} from "../../format/records/records.ts";
import { Tag } from "../../format/records/tags.ts";
import type { GoVersion } from "../facts/dump-info.ts";
import { DynamicTypes } from "../facts/dynamic-types.ts";
import { hasMallocHeaders, versionFromParams } from "../facts/go-version.ts";
import type { MemStats } from "../facts/mem-stats.ts";
import type { PanicArgument } from "../roots/goroutines.ts";
import { GoroutineStatus } from "../roots/goroutines.ts";
import { RootKind } from "../roots/roots.ts";
import type { Segment } from "../roots/segments.ts";
import { FinalizerBuilder } from "./finalizer-builder.ts";
import { addGo13Object } from "./go13-objects.ts";
import { visitPointers } from "./pointer-fields.ts";
import { ProfileBuilder } from "./profile-builder.ts";
import { Owner, RootBuilder } from "./root-builder.ts";
import { StackBuilder } from "./stacks.ts";

export class HeapBuilder {
  readonly params: ParamsRecord;
  readonly version: GoVersion;
  readonly objectFormat: ObjectFormat;
  readonly columns = new ObjectColumns();
  readonly types: DynamicTypes;
  readonly stacks: StackBuilder;
  readonly roots = new RootBuilder();
  readonly finalizers = new FinalizerBuilder();
  readonly profile = new ProfileBuilder();
  readonly segments: Segment[] = [];
  readonly panicArguments: PanicArgument[] = [];
  memStats: MemStats | undefined;
  complete = false;
  defers = 0;
  panics = 0;
  osThreads = 0;
  registeredFinalizers = 0;
  queuedFinalizers = 0;
  duplicateGoroutines = 0;
  runningGoroutines = 0;
  damagedTypes = 0;
  /** Fields of segments beyond their contents: not readable, not fatal. */
  fieldsOutside = 0;
  /** Whether interfaces' type words are listed as pointers; a cue of the version. Undefined until one is seen. */
  interfaceWordsListed: boolean | undefined;

  readonly #cursor: Cursor;
  readonly #header: number;

  /** @param params the first record of every dump */
  constructor(cursor: Cursor, header: number, params: ParamsRecord) {
    this.#cursor = cursor;
    this.#header = header;
    this.params = params;
    this.version = versionFromParams(header, params);
    const base = addressBaseHigh(params.heapStart);
    const pointerSize = params.pointerSize === 4 ? 4 : 8;
    this.types = new DynamicTypes(header, base);
    this.objectFormat = {
      header,
      pointerSize,
      bigEndian: params.bigEndian,
      addressBaseHigh: base,
      headerMinSize: hasMallocHeaders(this.version) ? pointerSize * pointerSize * 8 : Number.POSITIVE_INFINITY,
      heapStart: addressFromUint64(params.heapStart, base),
      heapEnd: addressFromUint64(params.heapEnd, base),
      interfaceTypes: this.types.byWord,
    };
    this.stacks = new StackBuilder(header, this.objectFormat, this.types);
  }

  /** Takes a record; Object records of go1.4 and later go into `columns` another way. */
  add(record: DumpRecord): void {
    switch (record.tag) {
      case Tag.EOF:
        this.complete = true;
        break;
      case Tag.OBJECT:
        this.#addObject(record);
        break;
      case Tag.OTHER_ROOT:
        this.roots.add(Owner.OTHER, -1, RootKind.OTHER, 0, this.#address(record.pointer));
        break;
      case Tag.TYPE:
        if (record.damage !== undefined) this.damagedTypes++;
        this.types.addType(record);
        break;
      case Tag.GOROUTINE:
        if (!this.stacks.addGoroutine(record)) {
          this.duplicateGoroutines++;
          break;
        }
        if (record.status === GoroutineStatus.RUNNING) this.runningGoroutines++;
        this.#addGoroutineRoot(RootKind.GOROUTINE, record.address);
        this.#addGoroutineRoot(RootKind.CONTEXT, record.context);
        this.#addGoroutineRoot(RootKind.THREAD, record.thread);
        break;
      case Tag.STACK_FRAME:
        this.stacks.addFrame(this.#cursor, record);
        break;
      case Tag.PARAMS:
        throw this.#cursor.error("bad-value", "a second Params record");
      case Tag.FINALIZER:
      case Tag.QUEUED_FINALIZER:
        this.#addFinalizer(record);
        break;
      case Tag.ITAB:
        this.types.addItab(record);
        break;
      case Tag.OS_THREAD:
        this.osThreads++;
        this.roots.add(Owner.OTHER, -1, RootKind.THREAD, 0, this.#address(record.address));
        break;
      case Tag.MEM_STATS:
        this.memStats = toMemStats(record);
        break;
      case Tag.DATA:
      case Tag.BSS:
        this.#addSegment(record);
        break;
      case Tag.DEFER:
        this.#addDefer(record);
        break;
      case Tag.PANIC:
        this.#addPanic(record);
        break;
      case Tag.MEM_PROF:
        this.profile.addBucket(record);
        break;
      case Tag.ALLOC_SAMPLE:
        this.profile.addSample(record, this.objectFormat.addressBaseHigh);
        break;
    }
  }

  #address(value: number | bigint): number {
    return addressFromUint64(value, this.objectFormat.addressBaseHigh);
  }

  #addObject(record: ObjectRecord): void {
    const channelHeaderSize = Number(this.params.channelHeaderSize ?? 0);
    addGo13Object(this.#cursor, record, this.objectFormat, channelHeaderSize, this.types, this.columns);
  }

  /** A root of the goroutine added last; its defers and panics follow it in the dump. */
  #addGoroutineRoot(kind: (typeof RootKind)[keyof typeof RootKind], address: number | bigint): void {
    const goroutine = this.stacks.goroutineCount - 1;
    const owner = goroutine < 0 ? Owner.OTHER : Owner.GOROUTINE;
    this.roots.add(owner, goroutine, kind, 0, this.#address(address));
  }

  #addDefer(record: DeferRecord): void {
    this.defers++;
    this.#addGoroutineRoot(RootKind.DEFER, record.address);
    this.#addGoroutineRoot(RootKind.DEFER_FUNCTION, record.function);
  }

  #addPanic(record: PanicRecord): void {
    this.panics++;
    this.#addGoroutineRoot(RootKind.PANIC, record.address);
    this.#addGoroutineRoot(RootKind.PANIC_ARGUMENT, record.data);
    this.panicArguments.push({ type: this.#address(record.type), data: this.#address(record.data) });
  }

  #addFinalizer(record: FinalizerRecord): void {
    const isQueued = record.tag === Tag.QUEUED_FINALIZER;
    if (isQueued) this.queuedFinalizers++;
    else this.registeredFinalizers++;
    this.finalizers.add({
      object: this.#address(record.object),
      closure: this.#address(record.function),
      code: this.#address(record.pc),
      type: record.objectType === 0 ? 0 : this.#address(record.objectType),
      isQueued,
    });
  }

  #addSegment(record: SegmentRecord): void {
    const isData = record.tag === Tag.DATA;
    const kind = isData ? RootKind.DATA : RootKind.BSS;
    const contents = record.contents as ContentsRange;
    const item = this.segments.length;
    this.segments.push({
      kind: isData ? "data" : "bss",
      address: this.#address(record.address),
      size: contents.length,
      position: contents.position,
      pointerSlots: record.fields.kind.length,
    });
    const { pointerSize } = this.objectFormat;
    const words = new ContentsWords(this.#cursor, contents, this.objectFormat);
    let last = 0;
    let lastOffset = -1;
    this.fieldsOutside += visitPointers(
      words,
      record.fields,
      0,
      pointerSize,
      this.#header,
      this.types,
      (offset, value) => {
        this.roots.add(Owner.SEGMENT, item, kind, offset, value);
        if (this.interfaceWordsListed === undefined && offset >= pointerSize) {
          // An interface's data word: is the itab in front of it listed, too?
          const listed = lastOffset === offset - pointerSize;
          const before = listed ? last : words.at(offset - pointerSize);
          if (this.types.byWord.get(before) >= 0) this.interfaceWordsListed = listed;
        }
        last = value;
        lastOffset = offset;
      },
    );
  }
}

const SINGLE_FIELDS = [
  "Alloc",
  "TotalAlloc",
  "Sys",
  "Lookups",
  "Mallocs",
  "Frees",
  "HeapAlloc",
  "HeapSys",
  "HeapIdle",
  "HeapInuse",
  "HeapReleased",
  "HeapObjects",
  "StackInuse",
  "StackSys",
  "MSpanInuse",
  "MSpanSys",
  "MCacheInuse",
  "MCacheSys",
  "BuckHashSys",
  "GCSys",
  "OtherSys",
  "NextGC",
  "LastGC",
  "PauseTotalNs",
] as const;

function toMemStats({ values }: MemStatsRecord): MemStats {
  const single = Object.fromEntries(SINGLE_FIELDS.map((name, i) => [name, Number(values[i]!)]));
  const pauses = values.slice(SINGLE_FIELDS.length, MEM_STATS_FIELDS - 1);
  return {
    ...(single as Record<(typeof SINGLE_FIELDS)[number], number>),
    PauseNs: Float64Array.from(pauses, Number),
    NumGC: Number(values[MEM_STATS_FIELDS - 1]!),
  };
}
