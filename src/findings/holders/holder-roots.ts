/** The roots of a holder for people: its owner, and the others that lead there. */
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";

/** Roots that are called alike: 212 goroutines of one function. */
export interface HolderRoot {
  readonly kind: "variable" | "segment" | "goroutine" | "finalizers" | "other";
  readonly name: string;
  readonly count: number;
  /** Bytes that it leads to, whoever else does; of several the most. Null where it was not measured. */
  readonly leadsTo: number | null;
}

const KINDS: Readonly<Record<number, HolderRoot["kind"]>> = {
  [RootVertexKind.VARIABLE]: "variable",
  [RootVertexKind.SEGMENT]: "segment",
  [RootVertexKind.GOROUTINE]: "goroutine",
  [RootVertexKind.FINALIZERS]: "finalizers",
};

/** Describes one root. */
export function describeRoot(heap: Heap, root: number, leadsTo: ReadonlyMap<number, number>): HolderRoot {
  const kind = KINDS[heap.roots.vertices.kind[root]!] ?? "other";
  return { kind, name: rootVertexName(heap, root), count: 1, leadsTo: leadsTo.get(root) ?? null };
}

/** Describes roots, those of one kind and name together, most first. */
export function groupRoots(heap: Heap, roots: readonly number[], leadsTo: ReadonlyMap<number, number>): HolderRoot[] {
  const groups = new Map<string, HolderRoot>();
  for (const root of roots) {
    const one = describeRoot(heap, root, leadsTo);
    const key = `${one.kind} ${one.name}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, one);
    else {
      const most = known.leadsTo === null || one.leadsTo === null ? null : Math.max(known.leadsTo, one.leadsTo);
      groups.set(key, { ...known, count: known.count + 1, leadsTo: most });
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
