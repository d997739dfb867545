/**
 * Pictures in the DOT language, as Graphviz reads it (https://graphviz.org/doc/info/lang.html). Names come from the
 * dump and may be anything, so every text is shown on one line of bearable length and goes through `quote` or
 * `escapeMarkup`; node names are numbers of ours. The same picture gives the same bytes.
 */
import { showName, showText } from "../../src/index.ts";
import { type ColumnItem, columnAttributes, nodeAttributes, portOf } from "./dot-nodes.ts";
import { escapeMarkup, FONT, joinLines, quote, SMALL } from "./dot-text.ts";
import { shortenField } from "./names.ts";
import type { Picture, PictureEdge } from "./picture.ts";

const TITLE = 18;

/** Writes the picture as DOT, in UTF-8 once encoded. Linear. */
export function writeDot(picture: Picture): string {
  const columns = arrangeColumns(picture);
  const lines = [
    "digraph heap {",
    `  graph [charset="UTF-8", rankdir=${picture.isTopDown ? "TB" : "LR"},${picture.isTree ? " ordering=out," : ""} bgcolor="#ffffff", nodesep=0.18, ranksep=0.35, labelloc=t, labeljust=l, fontname="${FONT}", fontsize=${SMALL + 1}, objects=${picture.objects}, bytes=${picture.bytes}, tooltip=${quote(showName(picture.title))}, label=<${titleMarkup(picture)}>];`,
    `  node [fontname="${FONT}", fontsize=12, margin="0.12,0.06", height=0.3];`,
    `  edge [fontname="${FONT}", fontsize=${SMALL}, color="#5f6b7a", fontcolor="#37424f", arrowsize=0.7];`,
    ...columns.nodes.map((items, i) => `  n${i} [${boxAttributes(items, picture)}];`),
    ...columns.edges.map((edge) => `  ${edge.tail} -> ${edge.head} [${edgeAttributes(edge.edge, picture)}];`),
    "}",
    "",
  ];
  return lines.join("\n");
}

/** Nodes as DOT has them: each the boxes of one column, from top to bottom. */
interface Columns {
  readonly nodes: readonly (readonly ColumnItem[])[];
  /** The arrows between them; `tail` and `head` tell the boxes. */
  readonly edges: readonly { readonly tail: string; readonly head: string; readonly edge: PictureEdge }[];
}

/** Puts nodes of a tree into one column as long as there is but one below; all others are alone in theirs. */
function arrangeColumns({ nodes, edges, isTree }: Picture): Columns {
  const only = new Map<number, PictureEdge | undefined>();
  if (isTree) for (const edge of edges) only.set(edge.from, only.has(edge.from) ? undefined : edge);
  const columns: ColumnItem[][] = [];
  const place: { column: number; item: number }[] = [];
  const above = new Map([...only.values()].flatMap((edge) => (edge === undefined ? [] : [[edge.to, edge] as const])));
  for (const [i, node] of nodes.entries()) {
    const edge = above.get(i);
    const column = edge === undefined ? columns.push([]) - 1 : place[edge.from]!.column;
    place[i] = { column, item: columns[column]!.push({ node, edge }) - 1 };
  }
  const end = (node: number): string => {
    const { column, item } = place[node]!;
    return columns[column]!.length === 1 ? `n${column}` : `n${column}:${portOf(item)}`;
  };
  const between = edges.filter(({ to }) => !above.has(to));
  return { nodes: columns, edges: between.map((edge) => ({ tail: end(edge.from), head: end(edge.to), edge })) };
}

function boxAttributes(items: readonly ColumnItem[], picture: Picture): string {
  return items.length === 1 ? nodeAttributes(items[0]!.node, picture) : columnAttributes(items, picture);
}

function titleMarkup({ title, captions }: Picture): string {
  const lines = captions.map((caption) => `${escapeMarkup(showText(caption))}<br align="left"/>`);
  return `<font point-size="${TITLE}"><b>${escapeMarkup(showName(title))}</b></font><br align="left"/>${lines.join("")}`;
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
