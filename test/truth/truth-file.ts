/**
 * Truth files: what the runtime allocated, as a logging allocator wrote it down. A line per allocation, separated by tabs:
 * address in hex, size, address of the type in hex (0: bytes without one), the type's size, its pointer bytes, its name, and
 * perhaps the kind of object (`adversary/kinds.ts`). A line at an address + 1 of size 1 marks a block of several tiny values.
 */
import { readFileSync } from "node:fs";
import type { Heap } from "../../src/heap/heap.ts";
import { objectSize } from "../../src/heap/objects.ts";

/** What the runtime allocated at one address. */
export interface Truth {
  /** Bytes asked for. */
  readonly size: number;
  /** Run-time address of the type's descriptor; 0 for none. */
  readonly type: number;
  readonly typeSize: number;
  readonly pointerBytes: number;
  readonly name: string;
  readonly isTiny: boolean;
  /** "" where the file tells none. */
  readonly kind: string;
}

const TINY_SIZE = 16;
const HEADER_SIZE = 8;

/** Reads a truth file: the last allocation of every object of a heap. */
export function readTruth(file: string, heap: Heap): Map<number, Truth> {
  const truth = new Map<number, Truth>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [address, size, type, typeSize, pointerBytes, name, kind = ""] = line.split("\t");
    if (name === undefined) continue;
    const at = Number.parseInt(address!, 16);
    const object = heap.findObject(at);
    if (object < 0) continue;
    const inside = at - heap.objects.address[object]!;
    const isTinySlot = objectSize(heap.objects, object) === TINY_SIZE;
    const isTiny = isTinySlot && Number(size) < TINY_SIZE && Number(pointerBytes) === 0;
    if (inside === 0 || (inside === HEADER_SIZE && Number(size) > 120)) {
      truth.set(object, {
        size: Number(size),
        type: Number.parseInt(type!, 16),
        typeSize: Number(typeSize),
        pointerBytes: Number(pointerBytes),
        name,
        isTiny,
        kind,
      });
    } else if (isTiny) {
      const known = truth.get(object);
      truth.set(object, { size: 0, type: 0, typeSize: 0, pointerBytes: 0, name: "", kind, ...known, isTiny: true });
    }
  }
  return truth;
}
