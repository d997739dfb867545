/** `gohd why` for people: ways from roots as Go expressions, and what is alike as a tree with counts. */
import type { Why, WhyNode, WhyPath } from "../../findings/why/why.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import { showName } from "../../shown-text.ts";

const LONGEST_NAME = 120;
/** Lines of a tree; what is left out is counted. */
const MOST_LINES = 60;
/** Steps below the root that a tree shows; behind them there is only the count. */
const MOST_DEPTH = 40;

/** Renders it; ends with a line break. */
export function renderWhy(why: Why): string {
  const { asked, count, bytes, garbage } = why;
  const what = count === 1 ? showName(asked, LONGEST_NAME) : `${formatCount(count)} × ${showName(asked, LONGEST_NAME)}`;
  const dead =
    garbage === 0
      ? ""
      : garbage === count
        ? "; no GC root leads there: it is garbage"
        : `; ${formatCount(garbage)} of them are garbage`;
  const head = `${what}, ${formatBytes(bytes)}${dead}`;
  const body = count === 1 ? why.paths.flatMap(describePath) : describeTree(why.tree);
  return `${[head, "", ...body].join("\n")}\n`;
}

function describePath({ expression, where, steps }: WhyPath): string[] {
  const at = where === "" ? "" : `    in ${showName(where, LONGEST_NAME)}`;
  const names = steps.map(({ name }) => showName(name === "" ? "*" : name, 60));
  const width = Math.max(...names.map((name) => name.length));
  return [
    `${showName(expression, 200)}${at}`,
    ...steps.map(({ type, address }, i) => `  ${names[i]!.padEnd(width)}  ${address}  ${showName(type, LONGEST_NAME)}`),
    "",
  ];
}

function describeTree(roots: readonly WhyNode[]): string[] {
  const lines: string[] = [];
  let left = 0;
  const add = (node: WhyNode, depth: number): void => {
    if (lines.length >= MOST_LINES || depth > MOST_DEPTH) {
      left++;
      return;
    }
    const where = node.where === "" ? "" : ` in ${showName(node.where, LONGEST_NAME)}`;
    const name = showName(node.name === "" ? "*" : node.name, LONGEST_NAME);
    const here = node.own > 0 ? `  ← ${formatCount(node.own)}` : "";
    lines.push(
      `${formatCount(node.count).padStart(10)}  ${"  ".repeat(depth)}${name}${where}  (${showName(node.type, 60)})${here}`,
    );
    for (const child of node.children) add(child, depth + 1);
  };
  for (const root of roots) add(root, 0);
  return left === 0 ? lines : [...lines, `${" ".repeat(10)}  and ${formatNumber(left, "more step")}`];
}
