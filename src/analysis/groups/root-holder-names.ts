/** What the holders of shared objects are called, and which of them are named first. */
import { joinVariable } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";

/** Names that are kept of one group, and those of them that come first, as many as fit into a line. */
const MOST_NAMES = 12;
const FIRST_NAMES = 3;

/** What holds the objects of one group: each of them at least a tenth of those that no single root holds. */
export interface RootHolders {
  /**
   * Distinct names, at most 12: "main.store", "main.main app" (function and local variable), "main.worker" where the
   * local has no name or something further down points to the objects, "data+0x1c0". First the three that hold most
   * objects, then the others; each time variables, then functions, by name, so that two dumps of one process mostly
   * have them alike.
   */
  readonly names: readonly string[];
  /** Distinct names that there are. */
  readonly count: number;
}

/** What one owner holds of a group. */
export interface Holding {
  /** Objects, each once. */
  readonly objects: number;
  /** Those of them that a root points to. */
  readonly direct: number;
  /** By name: such pointers of roots that have one, of which several may go to one object. */
  readonly pointers: ReadonlyMap<number, number> | undefined;
}

/** Whose a holding is. */
export interface Owner {
  /** RootVertexKind. */
  readonly kind: number;
  readonly name: string;
}

interface Candidate {
  readonly name: string;
  readonly objects: number;
  /** Variables 0, functions 1, others 2. */
  readonly rank: number;
}

/**
 * Names the holders of one group, of which there may be as many as goroutines. Linear in them.
 * @param ownerOf whose a holding is
 * @param least pointers of one name that there have to be for it to be told
 */
export function nameHolders<H extends Holding>(
  holdings: readonly H[],
  ownerOf: (holding: H) => Owner,
  least: number,
  pointerNames: readonly string[],
): RootHolders {
  const candidates = new Map<string, Candidate>();
  for (const holding of holdings) {
    for (const candidate of nameHolding(holding, ownerOf(holding), least, pointerNames)) {
      const other = candidates.get(candidate.name);
      if (other === undefined || other.objects < candidate.objects) candidates.set(candidate.name, candidate);
    }
  }
  const byName = (a: Candidate, b: Candidate): number => a.rank - b.rank || compare(a.name, b.name);
  const best = takeFirst(candidates.values(), MOST_NAMES, (a, b) => b.objects - a.objects || byName(a, b));
  const first = best.slice(0, FIRST_NAMES).sort(byName);
  const others = best.slice(FIRST_NAMES).sort(byName);
  return { names: [...first, ...others].map(({ name }) => name), count: candidates.size };
}

/** The first `most` of what `compare` sorts, sorted. */
function takeFirst<T>(all: Iterable<T>, most: number, compare: (a: T, b: T) => number): T[] {
  const taken: T[] = [];
  for (const each of all) {
    if (taken.length === most && compare(taken.at(-1)!, each) <= 0) continue;
    const at = taken.findIndex((other) => compare(each, other) < 0);
    taken.splice(at < 0 ? taken.length : at, 0, each);
    if (taken.length > most) taken.pop();
  }
  return taken;
}

function nameHolding(
  { objects, direct, pointers }: Holding,
  { kind, name }: Owner,
  least: number,
  pointerNames: readonly string[],
): Candidate[] {
  const isFrame = kind === RootVertexKind.FRAME;
  const isVariable = kind === RootVertexKind.VARIABLE;
  // A variable's path is of no use where it is by way of others that most of the objects are held.
  const told = pointers === undefined || 2 * direct < objects ? [] : [...pointers].filter(([, n]) => n >= least);
  if (told.length === 0) return [{ name, objects, rank: isVariable ? 0 : isFrame ? 1 : 2 }];
  return told.map(([pointer]) => {
    const path = pointerNames[pointer]!;
    return { name: isFrame ? joinLocal(name, path) : joinVariable(name, path), objects, rank: 0 };
  });
}

/** Independent of the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** "main.main app"; an argument that the function's own frame has is not called after it once more. */
function joinLocal(root: string, pointer: string): string {
  const own = ` (${root})`;
  const local = pointer.endsWith(own) ? pointer.slice(0, -own.length) : pointer;
  return `${root} ${local}`;
}
