/**
 * Stacks: goroutines and their frames as they come, and the pointers in the frames. When all is read, pointers into frames
 * are followed: since Go 1.12 a local variable whose address is taken is described nowhere once only the pointer to it is
 * live, so the rest of its frame is taken conservatively.
 */

import { addressFromUint64 } from "../../format/records/address.ts";
import { ContentsWords, type WordFormat } from "../../format/records/contents-words.ts";
import type { Cursor } from "../../format/records/cursor.ts";
import type { ContentsRange, GoroutineRecord, StackFrameRecord } from "../../format/records/records.ts";
import { unescapeSymbol } from "../../symbol-names.ts";
import { float64Column, int32Column, Names, uint8Column } from "../columns.ts";
import type { DynamicTypes } from "../facts/dynamic-types.ts";
import { lowerBound } from "../lower-bound.ts";
import type { Goroutines, StackPointers } from "../roots/goroutines.ts";
import type { FrameIndex } from "./frame-index.ts";
import { FrameWords, type PositionRange } from "./frame-words.ts";
import { ListedWords } from "./listed-words.ts";
import { visitPointers } from "./pointer-fields.ts";

/** A frame interrupted by this one has a map that can be incomplete. */
const ASYNC_PREEMPT = "runtime.asyncPreempt";

export class StackBuilder {
  readonly names = new Names();
  readonly #format: WordFormat;
  readonly #header: number;
  readonly #types: DynamicTypes;

  /** Addresses of the goroutines so far, and whether the one read last was among them. */
  readonly #seen = new Set<number>();
  #passOver = false;

  readonly #address = float64Column();
  readonly #id = float64Column();
  readonly #status = uint8Column();
  readonly #system = uint8Column();
  readonly #waitReason = int32Column();
  readonly #waitSince = float64Column();
  readonly #createdBy = float64Column();
  readonly #frameStart = int32Column();

  readonly #frameAddress = float64Column();
  readonly #frameSize = float64Column();
  readonly #framePosition = float64Column();
  readonly #framePresent = float64Column();
  readonly #frameEntry = float64Column();
  readonly #framePc = float64Column();
  readonly #frameFunction = int32Column();

  /** Pointers that are not nil: frame, offset, value. */
  readonly slotFrame = int32Column();
  readonly slotOffset = float64Column();
  readonly slotValue = float64Column();

  /** Of those, the ones that lead into frames. */
  readonly #toFrame = int32Column();
  readonly #toAddress = float64Column();

  constructor(header: number, format: WordFormat, types: DynamicTypes) {
    this.#header = header;
    this.#format = format;
    this.#types = types;
  }

  get goroutineCount(): number {
    return this.#address.count;
  }

  get frameCount(): number {
    return this.#frameAddress.count;
  }

  /** @returns false if this goroutine is in the dump already; it and its frames are passed over then */
  addGoroutine(record: GoroutineRecord): boolean {
    const base = this.#format.addressBaseHigh;
    const address = addressFromUint64(record.address, base);
    this.#passOver = this.#seen.has(address);
    if (this.#passOver) return false;
    this.#seen.add(address);
    this.#frameStart.push(this.frameCount);
    this.#address.push(address);
    this.#id.push(Number(record.id));
    this.#status.push(Number(record.status));
    this.#system.push(record.system ? 1 : 0);
    this.#waitReason.push(this.names.number(record.waitReason));
    this.#waitSince.push(Number(record.waitSince));
    this.#createdBy.push(addressFromUint64(record.createdBy, base));
    return true;
  }

  /** Adds a frame of the goroutine added last, whose record the cursor has just passed. */
  addFrame(cursor: Cursor, record: StackFrameRecord): void {
    if (this.goroutineCount === 0) throw cursor.error("bad-value", "a stack frame without a goroutine before it");
    if (this.#passOver) return;
    const base = this.#format.addressBaseHigh;
    const contents = record.contents as ContentsRange;
    const frame = this.frameCount;
    this.#frameAddress.push(addressFromUint64(record.stackPointer, base));
    this.#frameSize.push(contents.length);
    this.#framePosition.push(contents.position);
    this.#framePresent.push(contents.present);
    this.#frameEntry.push(addressFromUint64(record.entry, base));
    this.#framePc.push(addressFromUint64(record.pc, base));
    this.#frameFunction.push(this.names.number(unescapeSymbol(record.name)));

    const words = new ContentsWords(cursor, contents, this.#format);
    const { pointerSize } = this.#format;
    const first = this.slotFrame.count;
    let highest = -1;
    let listed: Set<number> | undefined;
    visitPointers(words, record.fields, 0, pointerSize, this.#header, this.#types, (offset, value) => {
      // Arguments come before locals, and link-register machines can list a word among both.
      if (offset <= highest) {
        listed ??= this.#offsetsSince(first);
        if (listed.has(offset)) return;
      }
      highest = Math.max(highest, offset);
      listed?.add(offset);
      this.#addSlot(frame, offset, value);
    });
  }

  #offsetsSince(first: number): Set<number> {
    const offsets = new Set<number>();
    for (let slot = first; slot < this.slotFrame.count; slot++) offsets.add(this.slotOffset.get(slot));
    return offsets;
  }

  #addSlot(frame: number, offset: number, value: number): void {
    this.slotFrame.push(frame);
    this.slotOffset.push(offset);
    this.slotValue.push(value);
  }

  finish(): Goroutines {
    this.#frameStart.push(this.frameCount);
    return {
      count: this.goroutineCount,
      address: this.#address.finish(),
      id: this.#id.finish(),
      status: this.#status.finish(),
      system: this.#system.finish(),
      waitReason: this.#waitReason.finish(),
      waitSince: this.#waitSince.finish(),
      createdBy: this.#createdBy.finish(),
      frameStart: Uint32Array.from(this.#frameStart.finish()),
      frames: {
        count: this.frameCount,
        address: this.#frameAddress.finish(),
        size: this.#frameSize.finish(),
        position: this.#framePosition.finish(),
        entry: this.#frameEntry.finish(),
        pc: this.#framePc.finish(),
        function: this.#frameFunction.finish(),
      },
      names: this.names.values,
    };
  }

  /** The pointers that lead into frames, once `followStackObjects` has found them. */
  finishStackPointers(): StackPointers {
    return { frame: this.#toFrame.finish(), address: this.#toAddress.finish() };
  }

  /**
   * Follows pointers into frames, conservatively, and adds what they reach to the slots.
   * @returns number of the first slot so added
   */
  followStackObjects(cursor: Cursor, goroutines: Goroutines, stacks: FrameIndex): number {
    const { frames, names } = goroutines;
    const first = this.slotFrame.count;
    /** Per frame: from which offset on it has been scanned, and is to be. */
    const scannedFrom = frames.size.slice();
    const wantedFrom = frames.size.slice();
    const pending: number[] = [];
    const want = (frame: number, offset: number): void => {
      if (offset >= wantedFrom[frame]!) return;
      if (wantedFrom[frame] === scannedFrom[frame]) pending.push(frame);
      wantedFrom[frame] = offset;
    };
    for (let slot = 0; slot < first; slot++) {
      const value = this.slotValue.get(slot);
      const frame = stacks.find(value);
      if (frame < 0) continue;
      this.#toFrame.push(frame);
      this.#toAddress.push(value);
      want(frame, value - frames.address[frame]!);
    }
    const asyncPreempt = names.indexOf(ASYNC_PREEMPT);
    for (let goroutine = 0; goroutine < goroutines.count; goroutine++) {
      const end = goroutines.frameStart[goroutine + 1]!;
      for (let frame = goroutines.frameStart[goroutine]!; frame + 1 < end; frame++) {
        if (frames.function[frame] === asyncPreempt) want(frame + 1, 0);
      }
    }

    const { pointerSize } = this.#format;
    const listed = new ListedWords(frames.count, this.slotFrame.values, this.slotOffset.finish());
    // Mostly in the order of the dump: whoever points to a frame is mostly near it.
    pending.reverse();
    const words = new FrameWords(cursor, this.#format);
    const { frameStart } = goroutines;
    /** The frame at hand. */
    let opened = -1;
    /** The stacks that are still to be looked into: of the frame at hand, and of those that begin before a position. */
    const stacksBefore = (position: number): PositionRange => {
      let last = opened;
      for (let i = pending.length - 1; i >= 0 && pending[i]! > last; i--) {
        if (frames.position[pending[i]!]! >= position) break;
        last = pending[i]!;
      }
      const innermost = frameStart[lowerBound(frameStart, opened + 1) - 1]!;
      const outermost = frameStart[lowerBound(frameStart, last + 1)]! - 1;
      const end = frames.position[outermost]! + this.#framePresent.get(outermost);
      return { start: frames.position[innermost]!, end };
    };
    while (pending.length > 0) {
      const frame = pending.pop()!;
      const offset = Math.ceil(wantedFrom[frame]! / pointerSize) * pointerSize;
      const to = scannedFrom[frame]!;
      wantedFrom[frame] = offset;
      scannedFrom[frame] = offset;
      const position = frames.position[frame]!;
      const present = this.#framePresent.get(frame);
      opened = frame;
      for (let at = offset; at < to && at + pointerSize <= present; at += pointerSize) {
        if (listed.has(frame, at)) continue;
        const value = words.at(position + at, stacksBefore);
        if (value === 0) continue;
        this.#addSlot(frame, at, value);
        const inside = stacks.find(value);
        if (inside >= 0) want(inside, value - frames.address[inside]!);
      }
    }
    return first;
  }
}
