/** RuntimeTypes: the types of an executable by index, read from its descriptors as they are asked for. */

import type { Executable } from "../containers/container.ts";
import { goMinorOf } from "../module/build-info.ts";
import type { ModuleData } from "../module/module-data.ts";
import type { Descriptors } from "./descriptors.ts";
import { OffsetDescriptors } from "./offset-descriptors.ts";
import { PointerDescriptors } from "./pointer-descriptors.ts";
import { RuntimeType } from "./runtime-type.ts";
import { NO_TYPE, type Type, type TypeTable } from "./type.ts";

/** Values of `slots`: not looked at yet, looked at and none; else the type's index + SLOT_BASE, of which NONE is NO_TYPE's. */
const UNSEEN = 0;
const SLOT_BASE = 2;
const NONE = NO_TYPE + SLOT_BASE;

/**
 * Opens the table of an executable's types. No descriptor is read until asked for.
 * @param goMinor the N of Go 1.N that the descriptors follow, if it is known better than the executable tells
 */
export function readTypes(executable: Executable, module: ModuleData, goMinor?: number): TypeTable {
  const { image, segments } = executable;
  const minor = goMinor ?? goMinorOf(executable, module);
  const descriptors =
    minor >= 7 ? new OffsetDescriptors(image, module, minor) : new PointerDescriptors(image, module, segments);
  return new RuntimeTypes(descriptors, minor);
}

class RuntimeTypes implements TypeTable {
  readonly descriptors: Descriptors;
  readonly pointerSize: number;
  readonly interfaceTypeWords: boolean;
  private readonly types: RuntimeType[] = [];
  /** One per word of the range that holds descriptors: constant time, and 4 bytes where a Map has 40 a type. */
  private readonly slots: Int32Array;
  private isEnumerated = false;

  constructor(descriptors: Descriptors, goMinor: number) {
    this.descriptors = descriptors;
    this.pointerSize = descriptors.image.pointerSize;
    this.interfaceTypeWords = goMinor <= 10;
    const { start, end } = descriptors;
    // What is mapped but not in the file (zeros) has no descriptors, and could be of any length.
    const length = descriptors.image.fileBytesAt(start, end - start);
    this.slots = new Int32Array(Math.ceil(length / this.pointerSize));
  }

  get count(): number {
    return this.types.length;
  }

  at(index: number): Type {
    return this.types[index]!;
  }

  indexAt(address: number): number {
    const { pointerSize, slots } = this;
    const offset = address - this.descriptors.start;
    if (!(offset >= 0) || address % pointerSize !== 0) return NO_TYPE;
    const slot = Math.floor(offset / pointerSize);
    if (slot >= slots.length) return NO_TYPE;
    const known = slots[slot]!;
    if (known !== UNSEEN) return known - SLOT_BASE;
    if (!this.descriptors.isDescriptor(address)) {
      slots[slot] = NONE;
      return NO_TYPE;
    }
    const index = this.types.length;
    slots[slot] = index + SLOT_BASE;
    this.types.push(new RuntimeType(address, this));
    return index;
  }

  typeAt(address: number): Type | undefined {
    return this.types[this.indexAt(address)];
  }

  enumerate(): number {
    if (!this.isEnumerated) {
      this.isEnumerated = true;
      // Every list of types leaves some out: typelinks the named ones, the descriptors that begin the range since Go 1.27
      // those that reflection does not need. All are in the range, and nothing else there passes for a descriptor.
      const { pointerSize, slots } = this;
      const first = Math.ceil(this.descriptors.start / pointerSize) * pointerSize;
      for (let i = 0; i < slots.length; i++) this.indexAt(first + i * pointerSize);
    }
    return this.types.length;
  }
}
