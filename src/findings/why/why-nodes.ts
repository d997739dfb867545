/**
 * WhyNodes: the merged ways of many objects, as plain data of a size that people and programs can take: what most objects hang on, and
 * the rest folded. Every sum stays what it was.
 */
import { shownTypeName } from "../../analysis/paths/library-maps.ts";
import type { PathNode } from "../../analysis/paths/path-tree.ts";
import type { Heap } from "../../heap/heap.ts";

/** A step of several ways that are alike, merged. */
export interface WhyNode {
  readonly name: string;
  readonly where: string;
  readonly type: string;
  /** There if it is the nodes that hang on the one above, by pointers of the names in `name`. */
  readonly isLinked?: true;
  /** Objects asked for that the way leads to, those at this very step, and the bytes of all of them. */
  readonly count: number;
  readonly own: number;
  readonly bytes: number;
  /** There if some of it leans on guessed types. */
  readonly guesses?: WhyGuesses;
  readonly children: readonly WhyNode[];
  /** 0; of the last one of a list more, if it stands for so many steps that are left out there, with all that is behind them. */
  readonly folded: number;
}

/** How much of a step leans on guessed types. */
export interface WhyGuesses {
  /** Objects at this very step, asked for or passed by. */
  readonly things: number;
  /** Of these, those whose type is guessed. */
  readonly types: number;
  /** Of these, those to which a pointer of something leads whose type is guessed, so that the pointer's name is, too. */
  readonly names: number;
}

/** Steps that are told: those with most objects. */
const MOST_STEPS = 1000;
/** Steps one behind the other. Readers of JSON take no more than a few hundred values in one another. */
const MOST_DEPTH = 100;

/** Describes the steps with most objects, and folds all others where they hang. Linear in the steps, but for sorting them. */
export function describeWays(heap: Heap, roots: readonly PathNode[]): readonly WhyNode[] {
  const kept = keepLargest(roots);
  const describe = (nodes: readonly PathNode[]): WhyNode[] => {
    const told = nodes.filter((node) => kept.has(node)).map((node) => describeNode(node));
    return told.length === nodes.length ? told : [...told, fold(nodes.filter((node) => !kept.has(node)))];
  };
  const describeNode = ({ name, where, type, isLinked, count, own, bytes, children, ...rest }: PathNode): WhyNode => ({
    name,
    where,
    type: shownTypeName(heap.types.names[type]!),
    ...(isLinked === true ? { isLinked } : {}),
    count,
    own,
    bytes,
    ...describeGuesses(rest),
    children: describe(children),
    folded: 0,
  });
  return describe(roots);
}

function describeGuesses({
  things,
  guessed: types,
  namesGuessed: names,
}: Pick<PathNode, "things" | "guessed" | "namesGuessed">): Pick<WhyNode, "guesses"> {
  return types === 0 && names === 0 ? {} : { guesses: { things, types, names } };
}

/** Steps with most objects, each with all above it: nothing has more than what it hangs on. */
function keepLargest(roots: readonly PathNode[]): ReadonlySet<PathNode> {
  const all: PathNode[] = [];
  // Level by level, so that of as many objects what is above comes first: the sort keeps the order.
  let level = roots;
  for (let depth = 0; depth < MOST_DEPTH && level.length > 0; depth++) {
    for (const node of level) all.push(node);
    level = level.flatMap(({ children }) => children);
  }
  return new Set(all.sort((a, b) => b.count - a.count).slice(0, MOST_STEPS));
}

function fold(nodes: readonly PathNode[]): WhyNode {
  let count = 0;
  let bytes = 0;
  for (const node of nodes) {
    count += node.count;
    bytes += node.bytes;
  }
  return { name: "", where: "", type: "", count, own: 0, bytes, children: [], folded: countSteps(nodes) };
}

/** Not by recursion: ways can be as long as there are steps. */
function countSteps(nodes: readonly PathNode[]): number {
  const pending = [...nodes];
  let steps = 0;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    steps++;
    for (const child of node.children) pending.push(child);
  }
  return steps;
}
