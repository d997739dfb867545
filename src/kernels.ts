/** Every kernel there is, by its name, for threads that are told no more than that. */
import type { KernelTable } from "./workers/kernel.ts";

export const KERNELS: KernelTable = {
  "sort-numbers": async () => (await import("./heap/building/sorted-objects.ts")).SORT_NUMBERS,
  "sort-shapes": async () => (await import("./heap/building/sorted-objects.ts")).SORT_SHAPES,
  "resolve-pointers": async () => (await import("./heap/addresses/pointer-resolver.ts")).RESOLVE_POINTERS,
  "sort-targets": async () => (await import("./heap/building/edges.ts")).SORT_TARGETS,
  "sort-offsets": async () => (await import("./heap/building/edges.ts")).SORT_OFFSETS,
  mark: async () => (await import("./heap/building/marking.ts")).MARK,
  "find-type-words": async () => (await import("./typing/evidence/type-words.ts")).FIND_TYPE_WORDS,
  "mark-rest": async () => (await import("./analysis/references/released.ts")).MARK_REST,
  "search-awaited": async () => (await import("./analysis/references/awaited-search.ts")).SEARCH_AWAITED,
  "grow-owner-tree": async () => (await import("./analysis/ownership/owner-tree.ts")).GROW_OWNER_TREE,
  "search-entries": async () => (await import("./analysis/ownership/entry-search.ts")).SEARCH_ENTRIES,
  "spread-masks": async () => (await import("./analysis/ownership/mask-search.ts")).SPREAD_MASKS,
};
