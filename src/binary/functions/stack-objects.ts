/**
 * Stack objects: the local variables of a function whose address is taken. While a pointer to one is live the collector scans it, by
 * its own pointer mask; else it is dead. FUNCDATA_StackObjects: runtime/stack.go (stackObjectRecord), runtime/mgcmark.go (scanstack).
 */
import type { Image } from "../containers/image.ts";
import type { ModuleData } from "../module/module-data.ts";
import { findFuncdata, layoutOf } from "./function-layout.ts";

export interface StackObject {
  /** Bytes from the end of the locals (varp); negative. */
  readonly offset: number;
  readonly size: number;
  /** Byte offsets of its pointer words, ascending. */
  readonly pointers: Int32Array;
}

/** Where a record has what. */
interface RecordLayout {
  readonly size: number;
  /** Of the offset of the mask from the module's read-only data; or, in Go 1.13 … 1.16, of the address of a type that has the rest. */
  readonly mask: number;
  readonly hasType: boolean;
}

/** More than any function has. */
const MAX_OBJECTS = 1 << 12;
/** In a type's kind: its mask is a program that makes one. */
const GC_PROGRAM = 1 << 6;

/** Undefined for those that are not known: those of Go 1.17 are of one version only. */
function recordLayout(minor: number, pointerSize: number): RecordLayout | undefined {
  if (minor >= 18) return { size: 16, mask: 12, hasType: false };
  return minor >= 13 && minor <= 16 ? { size: 2 * pointerSize, mask: pointerSize, hasType: true } : undefined;
}

/**
 * Reads a function's stack objects; none where the table is damaged. Those whose mask is given by a program, as that of large arrays is
 * up to Go 1.23, are left out, and arguments, which are the caller's to keep. They do not overlap: linear in the table and the frame.
 * @param func address of _func, behind its entry
 * @param frameSize bytes of the function's frames: what would lie before them is left out
 */
export function readStackObjects(
  image: Image,
  module: ModuleData,
  goMinor: number,
  func: number,
  frameSize: number,
): readonly StackObject[] {
  const layout = layoutOf(goMinor);
  const record = recordLayout(goMinor, image.pointerSize);
  if (layout === undefined || record === undefined) return [];
  const table = findFuncdata(image, module, layout, func, layout.stackObjects);
  if (table === undefined || !image.isInFile(table, image.pointerSize)) return [];
  const count = image.word(table);
  const first = table + image.pointerSize;
  if (!(count > 0 && count <= MAX_OBJECTS) || !image.isInFile(first, count * record.size)) return [];
  const objects: StackObject[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const at = first + i * record.size;
    const offset = image.uint32(at) | 0;
    if (offset >= 0) break;
    // The runtime throws where they are not in order.
    if (offset < end) return [];
    if (offset < -frameSize) continue;
    const object = readObject(image, module, record, at, offset);
    if (object === undefined) continue;
    end = offset + object.size;
    objects.push(object);
  }
  return objects;
}

function readObject(
  image: Image,
  module: ModuleData,
  record: RecordLayout,
  at: number,
  offset: number,
): StackObject | undefined {
  const { pointerSize } = image;
  let size = image.uint32(at + 4) | 0;
  let pointerBytes = image.uint32(at + 8) | 0;
  let mask = module.rodata + image.uint32(at + record.mask);
  if (record.hasType) {
    const type = image.word(at + record.mask);
    if (!image.isInFile(type, 4 * pointerSize + 8)) return undefined;
    size = image.word(type);
    const isProgram = (image.uint8(type + 2 * pointerSize + 7) & GC_PROGRAM) !== 0;
    pointerBytes = isProgram ? -1 : image.word(type + pointerSize);
    mask = image.word(type + 3 * pointerSize + 8);
  }
  if (!(size > 0 && size <= -offset && pointerBytes > 0 && pointerBytes <= size)) return undefined;
  const words = Math.floor(pointerBytes / pointerSize);
  const bits = image.bytes(mask, Math.ceil(words / 8));
  if (bits === undefined) return undefined;
  const pointers: number[] = [];
  for (let word = 0; word < words; word++) {
    if ((bits[word >>> 3]! >>> (word & 7)) & 1) pointers.push(word * pointerSize);
  }
  return { offset, size, pointers: Int32Array.from(pointers) };
}
