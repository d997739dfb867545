/** Reads DOT back with Graphviz itself (compiled to WebAssembly), so that what is compared is what Graphviz understood. */
import { Graphviz } from "@hpcc-js/wasm-graphviz";

/** A box: several can be one node of Graphviz, one above the other. */
export interface ReadNode {
  readonly index: number;
  /** Whether it stands below another in one column. */
  readonly isBelow: boolean;
  /** Lines of the label, as they are shown. */
  readonly label: readonly string[];
  /** Lines of the tooltip, the whole name first. */
  readonly tooltip: readonly string[];
  readonly shape: string;
  readonly style: string;
  readonly fill: string;
  readonly line: string;
  readonly objects: number;
  readonly shallow: number;
  readonly retained: number | undefined;
  /** What is not drawn below it: groups, and the bytes that they retain. */
  readonly more: number;
  readonly moreRetained: number;
}

export interface ReadEdge {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly tooltip: string;
  readonly width: number;
  readonly style: string;
  /** Whether it leads from a box to the one below in the same column. */
  readonly isInColumn: boolean;
}

export interface ReadGraph {
  readonly objects: number;
  readonly bytes: number;
  readonly title: readonly string[];
  readonly nodes: readonly ReadNode[];
  readonly edges: readonly ReadEdge[];
}

type Attributes = Readonly<Record<string, string>>;

interface GraphJson extends Attributes {
  readonly objects: string & readonly (Attributes & { readonly _gvid: number })[];
  readonly edges: string & readonly (Attributes & GvEdge)[];
}

interface GvEdge {
  readonly tail: number;
  readonly head: number;
  readonly tailport?: string;
  readonly headport?: string;
}

/** Parses DOT; throws where Graphviz does. Places nothing, so it is fast. */
export async function readDot(bytes: Uint8Array | string): Promise<ReadGraph> {
  const text = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString();
  // Graphviz's JSON calls the nodes "objects", which is also the name of an attribute of ours.
  const renamed = text.replace(/(, )objects(\d*)=(\d+)/g, "$1objectcount$2=$3");
  const json = JSON.parse((await Graphviz.load()).layout(renamed, "dot_json", "dot")) as GraphJson;
  const columns = (json.objects ?? []).map(readColumn);
  const firstIndex: number[] = [];
  let count = 0;
  for (const { boxes } of columns) {
    firstIndex.push(count);
    count += boxes.length;
  }
  const boxAt = (node: number, port: string | undefined): number => firstIndex[node]! + Number(port?.slice(1) ?? 1) - 1;
  return {
    objects: Number(json.objectcount),
    bytes: Number(json.bytes),
    title: markupLines(json.label!),
    nodes: columns.flatMap(({ boxes }) => boxes).map((box, index) => ({ ...box, index })),
    edges: [
      ...columns.flatMap(({ fields }, node) =>
        fields.map((label, i) => {
          const from = firstIndex[node]! + i;
          return { from, to: from + 1, label, tooltip: label, width: 0, style: "", isInColumn: true };
        }),
      ),
      ...(json.edges ?? []).map((edge) => ({
        from: boxAt(edge.tail, edge.tailport),
        to: boxAt(edge.head, edge.headport),
        label: stringLines(edge.label ?? "").join("\n"),
        tooltip: stringLines(edge.tooltip ?? "").join("\n"),
        width: Number(edge.penwidth),
        style: edge.style ?? "",
        isInColumn: false,
      })),
    ],
  };
}

type Box = Omit<ReadNode, "index">;

/** What a box retains, or in the owner tree owns. */
function readBytes(node: Attributes, suffix: string): number | undefined {
  const bytes = node[`retained${suffix}`] || node[`owned${suffix}`];
  return bytes ? Number(bytes) : undefined;
}

/** A node of Graphviz: its boxes, and by what each but the first is held. */
function readColumn(node: Attributes): { readonly boxes: readonly Box[]; readonly fields: readonly string[] } {
  const tooltip = stringLines(node.tooltip!);
  const figures = (suffix: string) => ({
    objects: Number(node[`objectcount${suffix}`]),
    shallow: Number(node[`shallow${suffix}`]),
    retained: readBytes(node, suffix),
    more: Number(node[`more${suffix}`] || 0),
    moreRetained: Number(node[`moreretained${suffix}`] || node[`moreowned${suffix}`] || 0),
  });
  const { shape = "", style = "", fillcolor: fill = "", color: line = "" } = node;
  if (!node.boxes) {
    const box = { label: markupLines(node.label!), tooltip, shape, style, fill, line, isBelow: false, ...figures("") };
    return { boxes: [box], fields: [] };
  }
  const tips = tooltip.join("\n").split("\n\n");
  const cells = [...node.label!.matchAll(/<td ([^>]*)>(.*?)<\/td>/gs)].map(([, attributes, text]) => ({
    attributes: Object.fromEntries([...attributes!.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
    text: text!,
  }));
  const boxes = cells.filter(({ attributes }) => attributes.port !== undefined);
  const fields = cells.filter(({ attributes }) => attributes.port === undefined);
  return {
    boxes: boxes.map(({ attributes, text }, i) => ({
      label: markupLines(text),
      tooltip: tips[i]!.split("\n"),
      shape,
      style: attributes.style ?? "",
      fill: attributes.bgcolor!,
      line: attributes.color!,
      isBelow: i > 0,
      ...figures(i === 0 ? "" : String(i + 1)),
    })),
    fields: fields.map(({ text }) => markupLines(text).join().replace(/^↓ ?/, "")),
  };
}

/** Finds the only node whose tooltip begins with `name`. */
export function nodeNamed({ nodes }: ReadGraph, name: string): ReadNode {
  const found = nodes.filter(({ tooltip }) => tooltip[0] === name);
  if (found.length !== 1) {
    throw new Error(
      `${found.length} nodes are called ${name}, of ${nodes.map(({ tooltip }) => tooltip[0]).join(", ")}`,
    );
  }
  return found[0]!;
}

/** Edges as "from -label-> to", by whole names, sorted. */
export function edgeTexts({ nodes, edges }: ReadGraph): string[] {
  const name = (index: number): string => nodes[index]!.tooltip[0]!;
  return edges.map(({ from, to, label }) => `${name(from)} -${label}-> ${name(to)}`).sort();
}

/** The lines of an HTML-like label. */
function markupLines(markup: string): string[] {
  return markup.split(/<br[^>]*>/).map((line) => unescapeEntities(line.replaceAll(/<[^>]*>/g, "")));
}

/** The lines of a DOT string, its escapes undone. */
function stringLines(text: string): string[] {
  const plain = text.replaceAll(/\\(.)/gs, (_, letter: string) => (letter === "n" ? "\n" : letter));
  return unescapeEntities(plain).split("\n");
}

function unescapeEntities(text: string): string {
  const letters: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|amp);/g, (_, name: string) => letters[name]!);
}
