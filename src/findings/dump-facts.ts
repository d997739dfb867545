/** What a dump is, in the few facts that every answer about it begins with. */
import type { Heap } from "../heap/heap.ts";
import { baseName } from "../io/base-name.ts";

export interface DumpFacts {
  /** The file's name, without its folder. */
  readonly name: string;
  readonly goVersion: string;
  readonly arch: string;
  readonly pointerSize: number;
  /** Whether nothing is missing at its end: of a cut dump, roots may be missing, and what they lead to seems to be garbage. */
  readonly isComplete: boolean;
  /** Whether types come from an executable. */
  readonly isTyped: boolean;
}

/** Takes them from a heap. */
export function dumpFacts({ dump, types }: Heap): DumpFacts {
  return {
    name: baseName(dump.name),
    goVersion: dump.go.text,
    arch: dump.arch,
    pointerSize: dump.pointerSize,
    isComplete: dump.complete,
    isTyped: types.fields !== undefined,
  };
}
