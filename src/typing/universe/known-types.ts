/** Types of the standard library that hide what they point to, and what their fields tell of where these lead. */
import type { Type } from "../../binary/index.ts";

/** Whether a type is a weak.Pointer, which Go 1.23 had for itself alone. */
export function isWeakPointer({ name }: Pick<Type, "name">): boolean {
  return name.startsWith("weak.Pointer[") || name.startsWith("internal/weak.Pointer[");
}

/** What a weak.Pointer leads to: the word that the collector clears when the object dies. It has no pointer itself. */
export const WEAK_HANDLES: readonly string[] = [
  "runtime.weakHandleBox",
  "internal/runtime/atomic.Uintptr",
  "runtime/internal/atomic.Uintptr",
];

/** What a sync/atomic.Pointer points to; undefined if the type is none. */
export function atomicPointerElem(type: Type): Type | undefined {
  return type.name.startsWith("sync/atomic.Pointer[") ? type.fields[0]?.type.elem?.elem : undefined;
}

/** Whether a type is what the nodes of an internal/sync.HashTrieMap begin with: struct { isEntry bool }. */
export function isTrieNode(type: Type | undefined): boolean {
  return type?.fields.length === 1 && type.fields[0]!.name === "isEntry" && type.name.includes(".node[");
}

/** Whether a type is runtime.bmap, which is only the beginning of a bucket, the same for all maps. */
export function isBucketPrefix({ name }: Type): boolean {
  return name === "runtime.bmap";
}

/** Since Go 1.23 a time.Timer and a time.Ticker are the beginning of the runtime's own structure, whose name this is. */
export function timerStructure({ name }: Type): string | undefined {
  return name === "time.Timer" || name === "time.Ticker" ? "runtime.timeTimer" : undefined;
}

/** Until Go 1.22 time.Timer has its own declaration of the runtime's timer: which type stands for which. */
export const TWINS: ReadonlyMap<string, string> = new Map([["time.runtimeTimer", "runtime.timer"]]);
