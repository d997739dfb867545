/** The roots of a holder for people: its owner, and the others that lead there. */
import type { LeadingRoots } from "../../analysis/ownership/leading-roots.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";

/** Roots that are called alike: 212 goroutines of one function, or pending timers of one. */
export interface HolderRoot {
  readonly kind: "variable" | "segment" | "goroutine" | "timers" | "finalizers" | "other";
  /** Of timers with the type of what they will work on: "pending timer of func main.accept.func1"; "stopped timer of …" of those that the runtime has not taken out yet. */
  readonly name: string;
  /** How many; of timers that lead to what is in a thing, all that are called so and do not lead to the thing itself. */
  readonly count: number;
  /** Whether they lead there for sure: else there are only words of their stacks that may be left over from calls that have returned. */
  readonly isCertain: boolean;
  /** Bytes that it leads to, whoever else does; of several roots the most, of timers those that they lead to together. Null where it was not measured. */
  readonly leadsTo: number | null;
}

/** Variables that have the heaps of timers. */
export const OF_RUNTIME = /^\*?runtime\./;

/**
 * Those that lead to a thing, its owner aside, by whether they use it, too. Where a variable of the runtime owns it, pending timers do not: they
 * are what it hangs on. Linear in them.
 */
export function splitTimers(
  owner: string,
  roots: readonly HolderRoot[],
): { readonly timers: readonly HolderRoot[]; readonly users: readonly HolderRoot[] } {
  if (!OF_RUNTIME.test(owner)) return { timers: [], users: roots };
  return {
    timers: roots.filter(({ kind }) => kind === "timers"),
    users: roots.filter(({ kind }) => kind !== "timers"),
  };
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
  { all, certain }: Pick<LeadingRoots, "all" | "certain">,
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
