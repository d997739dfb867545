/** The roots of a holder for people: its owner, and the others that lead there. */
import type { LeadingRoots } from "../../analysis/ownership/leading-roots.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";

/** Roots that are called alike: 212 goroutines of one function. */
export interface HolderRoot {
  readonly kind: "variable" | "segment" | "goroutine" | "finalizers" | "other";
  readonly name: string;
  readonly count: number;
  /** Whether they lead there for sure: else there are only words of their stacks that may be left over from calls that have returned. */
  readonly isCertain: boolean;
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
export function describeRoot(
  heap: Heap,
  root: number,
  leadsTo: ReadonlyMap<number, number>,
  isCertain: boolean,
): HolderRoot {
  const kind = KINDS[heap.roots.vertices.kind[root]!] ?? "other";
  return { kind, name: rootVertexName(heap, root), count: 1, isCertain, leadsTo: leadsTo.get(root) ?? null };
}

/** Describes roots, those of one kind, name and certainty together, the certain ones first, most first. */
export function groupRoots(
  heap: Heap,
  { all, certain }: LeadingRoots,
  leadsTo: ReadonlyMap<number, number>,
): HolderRoot[] {
  const groups = new Map<string, HolderRoot>();
  const isCertain = new Set(certain);
  for (const root of all) {
    const one = describeRoot(heap, root, leadsTo, isCertain.has(root));
    const key = `${one.isCertain} ${one.kind} ${one.name}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, one);
    else {
      const most = known.leadsTo === null || one.leadsTo === null ? null : Math.max(known.leadsTo, one.leadsTo);
      groups.set(key, { ...known, count: known.count + 1, leadsTo: most });
    }
  }
  return [...groups.values()].sort((a, b) => Number(b.isCertain) - Number(a.isCertain) || b.count - a.count);
}
