/**
 * Pictures in the DOT language, as Graphviz reads it (https://graphviz.org/doc/info/lang.html). Names come from the
 * dump and may be anything, so every text is shown on one line of bearable length and goes through `quote` or
 * `escapeMarkup`; node names are numbers of ours. The same picture gives the same bytes.
 */
import { formatBytes, formatCount, formatNumber, formatShare, showName, showText } from "../../src/index.ts";
import { shortenField, shortenName, wrapNames } from "./names.ts";
import type { NodeKind, Picture, PictureEdge, PictureNode } from "./picture.ts";

/**
 * One name, because Graphviz without a font library knows the widths of some fonts by name, but of no list. The widest of
 * them, so that text set in another still fits its box.
 */
export const FONT = "Verdana";
const SMALL = 10;
const TITLE = 18;

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

/** Writes the picture as DOT, in UTF-8 once encoded. Linear. */
export function writeDot(picture: Picture): string {
  const { nodes, edges } = picture;
  const lines = [
    "digraph heap {",
    `  graph [charset="UTF-8", rankdir=${picture.isTopDown ? "TB" : "LR"}, bgcolor="#ffffff", nodesep=0.18, ranksep=0.5, labelloc=t, labeljust=l, fontname="${FONT}", fontsize=${SMALL + 1}, objects=${picture.objects}, bytes=${picture.bytes}, tooltip=${quote(showName(picture.title))}, label=<${titleMarkup(picture)}>];`,
    `  node [fontname="${FONT}", fontsize=12, margin="0.12,0.06", height=0.3];`,
    `  edge [fontname="${FONT}", fontsize=${SMALL}, color="#5f6b7a", fontcolor="#37424f", arrowsize=0.7];`,
    ...nodes.map((node, i) => `  n${i} [${nodeAttributes(node, picture)}];`),
    ...edges.map((edge) => `  n${edge.from} -> n${edge.to} [${edgeAttributes(edge, picture)}];`),
    "}",
    "",
  ];
  return lines.join("\n");
}

function titleMarkup({ title, captions }: Picture): string {
  const lines = captions.map((caption) => `${escapeMarkup(showText(caption))}<br align="left"/>`);
  return `<font point-size="${TITLE}"><b>${escapeMarkup(showName(title))}</b></font><br align="left"/>${lines.join("")}`;
}

function nodeAttributes(node: PictureNode, { bytes }: Picture): string {
  const { kind, objects, shallow, retained = 0 } = node;
  const look = LOOKS[kind];
  const share = bytes === 0 ? 0 : retained / bytes;
  let { fill, line } = look;
  if (kind === "objects") fill = node.isGarbage ? GARBAGE.fill : shade(share);
  if (node.isGarbage) line = GARBAGE.line;
  if (node.isFocus) ({ fill, line } = FOCUS);
  const style = node.isInferred ? `${look.style},dashed` : look.style;
  const width = node.isFocus ? 2.5 : 1 + 2 * Math.sqrt(share);
  const attributes = [
    `label=<${labelMarkup(node, bytes)}>`,
    `tooltip=${quote(tooltip(node, bytes))}`,
    `shape=${look.shape}`,
    `style="${style}"`,
    `fillcolor="${fill}"`,
    `color="${line}"`,
    `penwidth=${width.toFixed(2)}`,
    `objects=${objects}`,
    `shallow=${shallow}`,
  ];
  // The arrow's tip takes from the room for the text.
  if (look.shape === "cds") attributes.push('margin="0.22,0.13"');
  if (node.retained !== undefined) attributes.push(`retained=${retained}`);
  if (node.isGarbage || kind === "more") attributes.push('fontcolor="#555555"');
  return attributes.join(", ");
}

function labelMarkup(node: PictureNode, bytes: number): string {
  const { kind, members, objects, shallow, retained, notes = [] } = node;
  const name = `${node.isInferred ? "~" : ""}${shortenName(node.name || UNNAMED)}`;
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
  const shown = escapeMarkup(name);
  return `${kind === "more" ? `<i>${shown}</i>` : `<b>${shown}</b>`}${times}${small.join("")}`;
}

/** "held by main.main app, main.work app, 3 more". */
function holderLines({ holders }: PictureNode): string[] {
  if (holders === undefined) return [];
  const names = holders.names.slice(0, SHOWN_HOLDERS);
  const more = holders.count - names.length;
  return wrapNames([`held by ${names[0]}`, ...names.slice(1), ...(more > 0 ? [`${formatCount(more)} more`] : [])]);
}

function tooltip(node: PictureNode, bytes: number): string {
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
    lines.push(`retained ${formatNumber(retained, "byte")}, ${formatShare(retained, bytes)} of the heap`);
  }
  if (node.isInferred) lines.push("~ the type is inferred from shape and contents, and is not certain");
  if (node.isGarbage) lines.push("unreachable: no GC root leads to it");
  return joinLines(lines);
}

function edgeAttributes({ label, tooltip, weight, isAside }: PictureEdge, { isTopDown }: Picture): string {
  const attributes = [
    `penwidth=${(isAside ? 0.6 : 0.8 + 5 * Math.sqrt(weight)).toFixed(2)}`,
    `tooltip=${quote(joinLines(tooltip))}`,
  ];
  if (label.length > 0 && !isAside) {
    // Beside an arrow that goes down, the text would touch it.
    const indent = isTopDown ? "  " : "";
    // Graphviz 16.1 spoils its memory where a label begins with an empty line, so line breaks are ours only.
    const lines = label.map((line) => indent + (shortenField(line) || " "));
    attributes.push(`label=${quote(lines.join("\n"))}`, `labeltooltip=${quote(joinLines(tooltip))}`);
  }
  if (isAside) attributes.push('color="#b8bec6"', "style=dashed", "constraint=false");
  return attributes.join(", ");
}

/** From white to orange; the square root makes small shares visible. */
function shade(share: number): string {
  const strength = Math.sqrt(Math.min(1, share));
  const channels = PALE.map((pale, i) => Math.round(pale + (FULL[i]! - pale) * strength));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** Lines of a tooltip as one text. */
function joinLines(lines: readonly string[]): string {
  return lines.map((line) => showName(line)).join("\n");
}

/** A text as a DOT string that Graphviz shows as it is: no escapes, no entities, no line breaks but \n. */
export function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;");
  return `"${escaped.replaceAll("\n", "\\n")}"`;
}

/** A text inside an HTML-like label. Graphviz refuses elements without any text, so there always is some. */
function escapeMarkup(text: string): string {
  return (text === "" ? "\u00a0" : text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
