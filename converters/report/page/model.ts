/** The tree as the page walks it: one object a node, which are some thousands at the most, with its children sorted by size. */
import { type HierarchyRectangularNode, hierarchy, partition } from "d3-hierarchy";
import { formatBytes, formatCount, shortenImports } from "../../../src/index.ts";
import { Category, NODE_KINDS, type PageData } from "../page-data.ts";

export type NodeKind = (typeof NODE_KINDS)[number];

export interface TreeNode {
  readonly id: number;
  readonly kind: NodeKind;
  /** The pointer that leads there. */
  readonly by: string;
  /** Type or root. */
  readonly name: string;
  readonly category: number;
  readonly count: number;
  readonly objects: number;
  readonly bytes: number;
  readonly ownedBytes: number;
  readonly inferred: number;
  readonly chain: number;
  readonly entries: number;
  readonly largest: readonly { readonly address: string; readonly bytes: number; readonly path: string }[];
  readonly parent: TreeNode | undefined;
  readonly children: TreeNode[];
  /** Place in the partition of the whole, both from 0 to 1, and the level. */
  x0: number;
  x1: number;
  depth: number;
}

export interface Tree {
  readonly nodes: readonly TreeNode[];
  /** What the picture begins with: all that is live. */
  readonly top: TreeNode;
}

/** Makes the nodes, and lays them out side by side. Linear, but for sorting. */
export function buildTree({ tree, texts }: PageData): Tree {
  const nodes: TreeNode[] = [];
  for (const [id, above] of tree.parent.entries()) {
    const parent = nodes[above];
    const members = tree.largest[id] ?? [];
    const node: TreeNode = {
      id,
      kind: NODE_KINDS[tree.kind[id]!]!,
      by: texts[tree.by[id]!]!,
      name: texts[tree.name[id]!]!,
      category: tree.category[id]!,
      count: tree.count[id]!,
      objects: tree.objects[id]!,
      bytes: tree.bytes[id]!,
      ownedBytes: tree.ownedBytes[id]!,
      inferred: tree.inferred[id]!,
      chain: tree.chain[id]!,
      entries: tree.entries[id]!,
      largest: Array.from({ length: members.length / 3 }, (_, i) => ({
        address: String(members[3 * i]),
        bytes: Number(members[3 * i + 1]),
        path: String(members[3 * i + 2]),
      })),
      parent,
      children: [],
      x0: 0,
      x1: 1,
      depth: 0,
    };
    nodes.push(node);
    parent?.children.push(node);
  }
  for (const node of nodes) node.children.sort((a, b) => rank(a) - rank(b) || b.ownedBytes - a.ownedBytes);
  const root = nodes[0]!;
  const laidOut = partition<TreeNode>()(hierarchy(root, ({ children }) => children).sum(({ bytes }) => bytes));
  laidOut.each((cell: HierarchyRectangularNode<TreeNode>) => {
    cell.data.x0 = cell.x0;
    cell.data.x1 = cell.x1;
    cell.data.depth = cell.depth;
  });
  return { nodes, top: root.children.find(({ kind }) => kind === "live") ?? root };
}

/** What is folded comes last. */
function rank({ kind }: TreeNode): number {
  return isFolded(kind) ? 1 : 0;
}

/** Whether a node stands for several that were too small or too deep. */
export function isFolded(kind: NodeKind): boolean {
  return kind === "smaller" || kind === "deeper";
}

/** The pointer of an element: that it is one says the box above. */
const ELEMENT = "[…]";

const KIND_TITLES: Readonly<Partial<Record<NodeKind, string>>> = {
  heap: "heap",
  live: "live heap",
  garbage: "garbage",
  variables: "package variables",
  goroutines: "goroutines",
  finalizers: "finalizers",
  others: "other roots",
};

/** What a node is called in its box: short, the pointer before the type as in a Go declaration. */
export function label(node: TreeNode): string {
  const { kind, by, count, name } = node;
  if (kind === "smaller") return `… ${formatCount(count)} more`;
  if (kind === "deeper") return "… deeper";
  const title = KIND_TITLES[kind] ?? shortenImports(name);
  // The name first: it is what has to be read where there is little room.
  const times = count > 1 && (kind === "objects" || kind === "goroutine") ? ` ×${formatCount(count)}` : "";
  return by === "" || by === ELEMENT ? `${title}${times}` : `${by} ${title}${times}`;
}

/** The title of a node on its own, whole. */
export function title({ kind, name, count }: TreeNode): string {
  if (kind === "smaller") return `${formatCount(count)} more, each too small for a box`;
  if (kind === "deeper") return "what lies deeper";
  return KIND_TITLES[kind] ?? name;
}

/** The way to a node as an expression: "main.store.byToken[…].User", "jobs.head in main.worker main.go:42"; "" above the roots. */
export function expression(node: TreeNode): string {
  let text = "";
  let where = "";
  for (const { kind, by, name } of wayTo(node)) {
    if (kind === "variable") text = name;
    else if (kind === "goroutine" || kind === "frame" || kind === "segment" || kind === "finalizer") where = name;
    else if (kind === "objects" && by !== "") text += text === "" || by.startsWith("[") ? by : `.${by}`;
  }
  return where === "" ? text : `${text === "" ? "something" : text} in ${where}`;
}

/** From `top` down to a node, both included; from the root of the tree if `top` is not above it. */
export function wayTo(node: TreeNode, top?: TreeNode): TreeNode[] {
  const way: TreeNode[] = [];
  for (let at: TreeNode | undefined = node; at !== undefined; at = at.parent) {
    way.unshift(at);
    if (at === top) break;
  }
  return way;
}

/** Whether `node` is `above`, or below it. */
export function isWithin(node: TreeNode, above: TreeNode): boolean {
  for (let at: TreeNode | undefined = node; at !== undefined; at = at.parent) if (at === above) return true;
  return false;
}

/** "12.3 MiB, 4.5 %". */
export function sizeOf(bytes: number, all: number): string {
  return `${formatBytes(bytes)} · ${((100 * bytes) / Math.max(1, all)).toFixed(1)} %`;
}

/** Nodes whose pointer or name has a text in it, upper or lower case; "" is in none. */
export function findNodes(nodes: readonly TreeNode[], text: string): ReadonlySet<TreeNode> {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return new Set();
  return new Set(nodes.filter((node) => `${node.by} ${node.name}`.toLowerCase().includes(wanted)));
}

/** Bytes that nodes own together, each byte once. */
export function sumOwned(found: ReadonlySet<TreeNode>): number {
  let sum = 0;
  for (const node of found) {
    let above = node.parent;
    while (above !== undefined && !found.has(above)) above = above.parent;
    if (above === undefined) sum += node.ownedBytes;
  }
  return sum;
}

export const CATEGORY_TITLES: readonly (readonly [number, string])[] = [
  [Category.PROGRAM, "program and modules"],
  [Category.STANDARD, "standard library"],
  [Category.RUNTIME, "Go runtime"],
  [Category.PLAIN, "texts, bytes, numbers"],
  [Category.UNKNOWN, "type not known"],
  [Category.ROOT, "roots"],
];
