/**
 * Layouts: from a part of the tree to boxes in pixels, as an icicle and as a treemap. What would be too small to see is put
 * together in one box per parent, so that nothing is missing. The arithmetic is d3-hierarchy's.
 */
import { type HierarchyNode, hierarchy, treemap } from "d3-hierarchy";
import { type TreeNode, wayTo } from "./model.ts";

export interface Box {
  /** What the box is of: a node; of those that are too small the one above them. */
  readonly node: TreeNode;
  readonly key: string;
  /** How many nodes it stands for, 1 for a node of its own. */
  readonly rest: number;
  readonly restBytes: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Whether other boxes are inside it: then it has a title and no middle. */
  readonly isFrame: boolean;
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly height: number;
}

export const ROW_HEIGHT = 24;
/** Pixels below which a box of the icicle is put together with its neighbours. */
const LEAST_WIDTH = 3;
/** The same of a treemap, in square pixels. */
const LEAST_AREA = 90;
const TITLE_HEIGHT = 20;
const LEAST_FRAME = { width: 46, height: 40 };
const MOST_NESTED = 4;

/** The icicle of what is below `root`; above it all that leads there, as wide as the picture. */
export function layOutIcicle(root: TreeNode, top: TreeNode, width: number): Layout {
  const boxes: Box[] = [];
  const way = wayTo(root, top);
  for (const [level, node] of way.slice(0, -1).entries()) boxes.push(row(node, level, 0, width));
  const scale = width / Math.max(Number.EPSILON, root.x1 - root.x0);
  let deepest = way.length;
  const visit = (node: TreeNode, level: number): void => {
    const left = (node.x0 - root.x0) * scale;
    boxes.push(row(node, level, left, (node.x1 - node.x0) * scale));
    deepest = Math.max(deepest, level + 1);
    let small = 0;
    let smallBytes = 0;
    let from = 0;
    let to = 0;
    for (const child of node.children) {
      if ((child.x1 - child.x0) * scale >= LEAST_WIDTH) {
        visit(child, level + 1);
        continue;
      }
      if (small === 0) from = child.x0;
      to = child.x1;
      small++;
      smallBytes += child.ownedBytes;
    }
    const restWidth = (to - from) * scale;
    if (small === 0 || restWidth < 1) return;
    deepest = Math.max(deepest, level + 2);
    boxes.push({
      ...row(node, level + 1, (from - root.x0) * scale, restWidth),
      key: `rest${node.id}`,
      rest: small,
      restBytes: smallBytes,
    });
  };
  visit(root, way.length - 1);
  return { boxes, height: deepest * ROW_HEIGHT };
}

function row(node: TreeNode, level: number, left: number, width: number): Box {
  const place = { left, top: level * ROW_HEIGHT, width: Math.max(1, width - 1), height: ROW_HEIGHT - 1 };
  return { node, key: String(node.id), rest: 1, restBytes: 0, ...place, isFrame: false };
}

/** What a treemap is made of: nodes, what a node has itself, and what is too small. */
interface Part {
  readonly node: TreeNode;
  readonly key: string;
  readonly bytes: number;
  readonly rest: number;
  readonly parts: readonly Part[];
}

/** The treemap of what is below `root`, some levels inside one another. */
export function layOutTreemap(root: TreeNode, width: number, height: number): Layout {
  const perByte = (width * height) / Math.max(1, root.ownedBytes);
  const tree = hierarchy(split(root, perByte, 0), ({ parts }) => parts)
    .sum(({ parts, bytes }) => (parts.length === 0 ? bytes : 0))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const laidOut = treemap<Part>()
    .size([width, height])
    .round(true)
    .paddingOuter((cell) => (isFrame(cell) ? 3 : 0))
    .paddingTop((cell) => (isFrame(cell) ? TITLE_HEIGHT : 0))
    .paddingInner(2)(tree);
  const boxes = laidOut.descendants().map(
    (cell): Box => ({
      node: cell.data.node,
      key: cell.data.key,
      rest: cell.data.rest,
      restBytes: cell.data.rest > 1 ? cell.data.bytes : 0,
      left: cell.x0,
      top: cell.y0,
      width: Math.max(1, cell.x1 - cell.x0),
      height: Math.max(1, cell.y1 - cell.y0),
      isFrame: isFrame(cell),
    }),
  );
  return { boxes, height };
}

function isFrame(cell: HierarchyNode<Part>): boolean {
  return cell.data.parts.length > 0;
}

/** Splits a node into what will be seen of it: a box without an inside, or with one for each child that is large enough. */
function split(node: TreeNode, perByte: number, level: number): Part {
  const own = { node, key: String(node.id), bytes: node.ownedBytes, rest: 1 };
  const area = node.ownedBytes * perByte;
  const isSmall = area < LEAST_FRAME.width * LEAST_FRAME.height;
  if (level > 0 && (level >= MOST_NESTED || isSmall)) return { ...own, parts: [] };
  const seen = node.children.filter((child) => child.ownedBytes * perByte >= LEAST_AREA);
  if (seen.length === 0) return { ...own, parts: [] };
  const parts = seen.map((child) => split(child, perByte, level + 1));
  const few = node.children.length - seen.length;
  const restBytes = node.children.reduce((sum, child) => sum + child.ownedBytes, 0) - sum(seen);
  if (restBytes > 0) parts.push({ node, key: `rest${node.id}`, bytes: restBytes, rest: few, parts: [] });
  if (node.bytes > 0) parts.push({ node, key: `own${node.id}`, bytes: node.bytes, rest: 1, parts: [] });
  return { ...own, parts };
}

function sum(nodes: readonly TreeNode[]): number {
  return nodes.reduce((total, { ownedBytes }) => total + ownedBytes, 0);
}
