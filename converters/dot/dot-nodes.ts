/** Nodes in DOT: boxes with their texts, colours and figures; one by one, or several in one column. */
import { formatBytes, formatCount, formatNumber, formatShare, INFERRED_MARK } from "../../src/index.ts";
import { escapeMarkup, joinLines, quote, SMALL } from "./dot-text.ts";
import { shortenField, shortenName, wrapNames } from "./names.ts";
import type { LeftOut, Measure, NodeKind, Picture, PictureEdge, PictureNode } from "./picture.ts";

/** Roots that a label names of those that hold something together; the tooltip has more. */
const SHOWN_HOLDERS = 3;

const UNNAMED = "(unnamed)";

/** Shape, fill and line by kind of node; objects are filled by their share. */
const LOOKS: Readonly<Record<NodeKind, { shape: string; style: string; fill: string; line: string }>> = {
  heap: { shape: "box", style: "filled,bold", fill: "#e4e7eb", line: "#1f2933" },
  globals: { shape: "cds", style: "filled", fill: "#d6e6fb", line: "#1f5aa6" },
  goroutines: { shape: "cds", style: "filled", fill: "#d8f0dc", line: "#20733a" },
  roots: { shape: "cds", style: "filled", fill: "#e8dff5", line: "#6a3fa0" },
  objects: { shape: "box", style: "filled,rounded", fill: "#ffffff", line: "#7a4a10" },
  unreachable: { shape: "cds", style: "filled", fill: "#e6e6e6", line: "#8a8a8a" },
  more: { shape: "plaintext", style: "", fill: "#ffffff", line: "#666666" },
};
const GARBAGE = { fill: "#ededed", line: "#9a9a9a" };
const FOCUS = { fill: "#fff2a8", line: "#c00000" };

/** What nothing and what everything is filled with. */
const PALE = [255, 255, 255] as const;
const FULL = [255, 160, 82] as const;

/** A node of a column, and the arrow that leads to it from the one above. */
export interface ColumnItem {
  readonly node: PictureNode;
  readonly edge: PictureEdge | undefined;
}

/** What a box looks like. */
interface Look {
  readonly shape: string;
  readonly style: string;
  readonly fill: string;
  readonly line: string;
  readonly width: number;
  /** "" for what all boxes have. */
  readonly ink: string;
}

/** What a picture has that its nodes do not say: the bytes of the heap, of which shares are, and what their figures are called. */
type Scale = Pick<Picture, "bytes" | "measure">;

/** The attributes of a node that is one box. */
export function nodeAttributes(node: PictureNode, { bytes, measure }: Scale): string {
  const { shape, style, fill, line, width, ink } = lookOf(node, bytes);
  const attributes = [
    `label=<${labelMarkup(node, bytes)}>`,
    `tooltip=${quote(joinLines(tooltipLines(node, { bytes, measure })))}`,
    `shape=${shape}`,
    `style="${style}"`,
    `fillcolor="${fill}"`,
    `color="${line}"`,
    `penwidth=${width.toFixed(2)}`,
    ...figures(node, measure, ""),
  ];
  // The arrow's tip takes from the room for the text.
  if (shape === "cds") attributes.push('margin="0.22,0.13"');
  if (ink !== "") attributes.push(`fontcolor="${ink}"`);
  return attributes.join(", ");
}

/**
 * The attributes of a node that is several boxes, one above the other, each of which holds the next. Their figures have
 * names with numbers, but for the first: `shallow`, `shallow2`. Arrows come from the port of a box.
 */
export function columnAttributes(items: readonly ColumnItem[], { bytes, measure }: Scale): string {
  const rows: string[] = [];
  const tips: string[] = [];
  const numbers: string[] = [];
  for (const [i, { node, edge }] of items.entries()) {
    const field = edge === undefined ? "" : edge.label.map(shortenField).join(" ");
    if (edge !== undefined) rows.push(arrowRow(field));
    rows.push(boxRow(node, portOf(i), bytes));
    if (i > 0) tips.push("");
    tips.push(
      joinLines([...tooltipLines(node, { bytes, measure }), ...(field === "" ? [] : [`by ${edge!.tooltip[0]}`])]),
    );
    numbers.push(...figures(node, measure, i === 0 ? "" : String(i + 1)));
  }
  const table = `<table border="0" cellborder="1" cellspacing="0">${rows.join("")}</table>`;
  return [
    `label=<${table}>`,
    `tooltip=${quote(tips.join("\n"))}`,
    "shape=plain",
    `boxes=${items.length}`,
    ...numbers,
  ].join(", ");
}

/** The port of a column's box. */
export function portOf(item: number): string {
  return `b${item + 1}`;
}

function boxRow(node: PictureNode, port: string, bytes: number): string {
  const { style, fill, line, width, ink } = lookOf(node, bytes);
  const styles = ["rounded", "dashed"].filter((word) => style.includes(word)).join(",");
  const text = labelMarkup(node, bytes);
  const shown = ink === "" ? text : `<font color="${ink}">${text}</font>`;
  const attributes = [
    `port="${port}"`,
    `bgcolor="${fill}"`,
    `color="${line}"`,
    `border="${Math.round(width)}"`,
    'cellpadding="6"',
    ...(styles === "" ? [] : [`style="${styles}"`]),
  ];
  return `<tr><td ${attributes.join(" ")}>${shown}</td></tr>`;
}

function arrowRow(field: string): string {
  const text = `↓ ${escapeMarkup(field)}`.trimEnd();
  return `<tr><td border="0" cellpadding="1"><font point-size="${SMALL}" color="#37424f">${text}</font></td></tr>`;
}

function lookOf(node: PictureNode, bytes: number): Look {
  const { kind, retained = 0 } = node;
  const { shape, ...look } = LOOKS[kind];
  const share = bytes === 0 ? 0 : retained / bytes;
  let { fill, line } = look;
  if (kind === "objects") fill = node.isGarbage ? GARBAGE.fill : shade(share);
  if (node.isGarbage) line = GARBAGE.line;
  if (node.isFocus) ({ fill, line } = FOCUS);
  const style = node.isInferred ? `${look.style},dashed` : look.style;
  const width = node.isFocus ? 2.5 : 1 + 2 * Math.sqrt(share);
  return { shape, style, fill, line, width, ink: node.isGarbage || kind === "more" ? "#555555" : "" };
}

/** What programs may want to read: `objects`, `shallow`, `retained` or `owned` in bytes; what is left out below. */
function figures({ objects, shallow, retained, leftOut }: PictureNode, measure: Measure, suffix: string): string[] {
  return [
    `objects${suffix}=${objects}`,
    `shallow${suffix}=${shallow}`,
    ...(retained === undefined ? [] : [`${measure}${suffix}=${retained}`]),
    ...(leftOut === undefined
      ? []
      : [`more${suffix}=${leftOut.groups}`, `more${measure}${suffix}=${leftOut.retained}`]),
  ];
}

function labelMarkup(node: PictureNode, bytes: number): string {
  const { kind, members, objects, shallow, retained, leftOut, notes = [] } = node;
  const name = `${node.isInferred ? INFERRED_MARK : ""}${shortenName(node.name || UNNAMED)}`;
  const times = members > 1 && kind !== "more" ? ` <font color="#555555">×${formatCount(members)}</font>` : "";
  const lines = [...notes.map(shortenName), ...holderLines(node)];
  // Frames and variables mostly share what they refer to, and then retain nothing.
  if (retained !== undefined && (retained > 0 || objects > 0)) {
    lines.push(`${formatBytes(retained)} (${formatShare(retained, bytes)})`);
    if (shallow > 0 && shallow < retained) lines.push(`${formatBytes(shallow)} ${objects > 1 ? "their" : "its"} own`);
  } else if (shallow > 0) {
    lines.push(formatBytes(shallow));
  }
  const small = lines.map((line) => `<br/><font point-size="${SMALL}">${escapeMarkup(line)}</font>`);
  if (leftOut !== undefined) {
    small.push(
      `<br/><font point-size="${SMALL}" color="#555555"><i>${escapeMarkup(describeLeftOut(leftOut, bytes))}</i></font>`,
    );
  }
  const shown = escapeMarkup(name);
  return `${kind === "more" ? `<i>${shown}</i>` : `<b>${shown}</b>`}${times}${small.join("")}`;
}

/** "and 23 more: 52.4 MiB (8.7 %)". */
function describeLeftOut({ groups, retained }: LeftOut, bytes: number): string {
  return `and ${formatCount(groups)} more: ${formatBytes(retained)} (${formatShare(retained, bytes)})`;
}

/** "held by main.main app, main.work app, 3 more". */
function holderLines({ holders }: PictureNode): string[] {
  if (holders === undefined) return [];
  const names = holders.names.slice(0, SHOWN_HOLDERS);
  const more = holders.count - names.length;
  return wrapNames([`held by ${names[0]}`, ...names.slice(1), ...(more > 0 ? [`${formatCount(more)} more`] : [])]);
}

function tooltipLines(node: PictureNode, { bytes, measure }: Scale): string[] {
  const { objects, shallow, retained, members, holders, notes = [], details = [] } = node;
  const lines = [node.name || UNNAMED, ...notes, ...details];
  if (holders !== undefined) {
    lines.push(...holders.names.map((name) => `held by ${name}`));
    if (holders.count > holders.names.length)
      lines.push(`and by ${formatCount(holders.count - holders.names.length)} more`);
  }
  const own = shallow > 0 ? `, shallow ${formatNumber(shallow, "byte")}` : "";
  if (objects > 0) lines.push(formatNumber(objects, "object") + own);
  else if (members > 1) lines.push(`${formatCount(members)} of them`);
  if (retained !== undefined) {
    lines.push(`${measure} ${formatNumber(retained, "byte")}, ${formatShare(retained, bytes)} of the heap`);
  }
  if (node.isInferred) lines.push("~ the type is inferred from shape and contents, and is not certain");
  if (node.isGarbage) lines.push("unreachable: no GC root leads to it");
  if (node.leftOut !== undefined) lines.push(`not drawn below it: ${describeLeftOut(node.leftOut, bytes)}`);
  return lines;
}

/** From white to orange; the square root makes small shares visible. */
function shade(share: number): string {
  const strength = Math.sqrt(Math.min(1, share));
  const channels = PALE.map((pale, i) => Math.round(pale + (FULL[i]! - pale) * strength));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
