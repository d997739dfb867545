/** The dump's bytes, for kernels that read contents. */
import type { KernelBytes } from "../workers/kernel.ts";
import type { Heap } from "./heap.ts";

/** Positions are those of the dump. */
export function bytesOf({ readBytes, descriptor }: Heap): KernelBytes {
  return { read: (position, length, into) => readBytes(position, length, into).length, descriptor };
}
