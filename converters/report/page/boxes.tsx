/** Boxes: what a layout makes, drawn as elements that can be clicked and walked through by the keyboard. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { formatBytes, formatCount } from "../../../src/index.ts";
import { Category } from "../page-data.ts";
import type { Box, Layout } from "./layouts.ts";
import { isFolded, label, sizeOf, type TreeNode, title } from "./model.ts";

export interface BoxesProps {
  readonly kind: "icicle" | "treemap";
  readonly layout: Layout;
  readonly root: TreeNode;
  readonly selected: TreeNode;
  readonly found: ReadonlySet<TreeNode>;
  readonly liveBytes: number;
  readonly onSelect: (node: TreeNode) => void;
  readonly onZoom: (node: TreeNode) => void;
}

/** Pixels from which on a box has a label, and from which on also its size. */
const LABEL_WIDTH = 26;
const SIZE_WIDTH = 190;
/** Width of a letter of a size. */
const SIZE_LETTER = 6.7;

export function Boxes({ kind, layout, root, selected, found, liveBytes, onSelect, onZoom }: BoxesProps) {
  const element = useRef<HTMLDivElement>(null);
  /** Whether the keyboard moved the selection, and the focus is to follow. */
  const isWalking = useRef(false);
  useLayoutEffect(() => {
    if (!isWalking.current) return;
    isWalking.current = false;
    element.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  });

  const walk = (event: KeyboardEvent): void => {
    const to = stepFrom(selected, event.key);
    if (event.key === "Enter" || event.key === " ") onZoom(selected);
    else if (event.key === "Escape" || event.key === "Backspace") onZoom(root.parent ?? root);
    else if (to !== undefined) onSelect(to);
    else return;
    event.preventDefault();
    isWalking.current = true;
  };

  return (
    <div
      ref={element}
      class={`boxes ${kind}${found.size > 0 ? " searching" : ""}`}
      role="tree"
      aria-label="Owner tree: arrow keys walk, Enter zooms in, Escape zooms out"
      style={{ height: `${layout.height}px` }}
    >
      {layout.boxes.map((box) => (
        <BoxView
          key={box.key}
          box={box}
          isAbove={kind === "icicle" && box.node.depth < root.depth}
          isSelected={box.node === selected && box.key === String(selected.id)}
          isFound={found.has(box.node) && box.rest === 1}
          liveBytes={liveBytes}
          onZoom={onZoom}
          onKey={walk}
        />
      ))}
    </div>
  );
}

interface BoxViewProps {
  readonly box: Box;
  readonly isAbove: boolean;
  readonly isSelected: boolean;
  readonly isFound: boolean;
  readonly liveBytes: number;
  readonly onZoom: (node: TreeNode) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

function BoxView({ box, isAbove, isSelected, isFound, liveBytes, onZoom, onKey }: BoxViewProps) {
  const { node, rest, restBytes } = box;
  const isOwn = box.key.startsWith("own");
  const isRest = box.key.startsWith("rest");
  const text = isRest ? `… ${formatCount(rest)} more` : isOwn ? "itself" : label(node);
  const bytes = isRest ? restBytes : isOwn ? node.bytes : node.ownedBytes;
  const what = isRest
    ? `${formatCount(rest)} more below ${title(node)}`
    : isOwn
      ? `${title(node)} itself`
      : title(node);
  const isWide = box.width >= SIZE_WIDTH;
  const hasLabel = box.width >= LABEL_WIDTH && box.height >= 15;
  const size = formatBytes(bytes);
  const isTall = !box.isFrame && box.height >= 44 && box.width >= size.length * SIZE_LETTER + 14;
  const classes = [
    "box",
    `c${isRest ? 6 : node.category}`,
    ...(isRest || isFolded(node.kind) ? ["folded"] : []),
    ...(isOwn ? ["own"] : []),
    ...(isAbove ? ["above"] : []),
    ...(box.isFrame ? ["holder"] : []),
    ...(isFound ? ["match"] : []),
    ...(hasLabel ? ["labelled"] : []),
  ];
  return (
    <div
      class={classes.join(" ")}
      role="treeitem"
      aria-selected={isSelected}
      aria-label={`${text}, ${formatBytes(bytes)}`}
      tabIndex={isSelected ? 0 : -1}
      title={`${what}\n${sizeOf(bytes, liveBytes)} of the live heap`}
      style={{
        left: `${box.left}px`,
        top: `${box.top}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
        "--tint": `${hasPackage(node) ? tintOf(packageOf(node.name)) : 0}`,
        "--shade": `${tintOf(node.name)}`,
      }}
      onClick={() => onZoom(node)}
      onKeyDown={onKey}
    >
      {hasLabel && <span class="label">{text}</span>}
      {hasLabel && (isWide || isTall) && <span class={isTall && !isWide ? "size below" : "size"}>{size}</span>}
    </div>
  );
}

/** Whether a node's colour tells its package: there are many in a program, and but few of these colours elsewhere. */
function hasPackage({ category }: TreeNode): boolean {
  return category === Category.PROGRAM || category === Category.STANDARD;
}

/** From -3 to 3, by a text: so types of one package have one tint, and types one shade. */
function tintOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return ((hash >>> 8) % 7) - 3;
}

/** The last package that a type's name mentions: of a map that of its values. */
function packageOf(name: string): string {
  const word = name.match(/[\w/.~-]+/g)?.findLast((part) => part.includes(".", part.lastIndexOf("/"))) ?? "";
  return word.slice(0, word.lastIndexOf("."));
}

/** The node that a key leads to; undefined for other keys, and where there is none. */
function stepFrom(node: TreeNode, key: string): TreeNode | undefined {
  const beside = node.parent?.children ?? [];
  const at = beside.indexOf(node);
  switch (key) {
    case "ArrowDown":
      return node.children[0];
    case "ArrowUp":
      return node.parent;
    case "ArrowLeft":
      return beside[at - 1];
    case "ArrowRight":
      return beside[at + 1];
    case "Home":
      return beside[0];
    case "End":
      return beside.at(-1);
    default:
      return undefined;
  }
}
