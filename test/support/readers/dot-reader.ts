/** Reads DOT back with Graphviz itself (compiled to WebAssembly), so that what is compared is what Graphviz understood. */
import { Graphviz } from "@hpcc-js/wasm-graphviz";

export interface ReadNode {
  readonly index: number;
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
}

export interface ReadEdge {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly tooltip: string;
  readonly width: number;
  readonly style: string;
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
  readonly edges: string & readonly (Attributes & { readonly tail: number; readonly head: number })[];
}

/** Parses DOT; throws where Graphviz does. Places nothing, so it is fast. */
export async function readDot(bytes: Uint8Array | string): Promise<ReadGraph> {
  const text = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString();
  // Graphviz's JSON calls the nodes "objects", which is also the name of an attribute of ours.
  const renamed = text.replace(/(, )objects=(\d+)/g, "$1objectcount=$2");
  const json = JSON.parse((await Graphviz.load()).layout(renamed, "dot_json", "dot")) as GraphJson;
  return {
    objects: Number(json.objectcount),
    bytes: Number(json.bytes),
    title: markupLines(json.label!),
    nodes: (json.objects ?? []).map((node) => ({
      index: Number(node.name!.slice(1)),
      label: markupLines(node.label!),
      tooltip: stringLines(node.tooltip!),
      shape: node.shape!,
      style: node.style!,
      fill: node.fillcolor!,
      line: node.color!,
      objects: Number(node.objectcount),
      shallow: Number(node.shallow),
      retained: node.retained ? Number(node.retained) : undefined,
    })),
    edges: (json.edges ?? []).map((edge) => ({
      from: edge.tail,
      to: edge.head,
      label: stringLines(edge.label ?? "").join("\n"),
      tooltip: stringLines(edge.tooltip ?? "").join("\n"),
      width: Number(edge.penwidth),
      style: edge.style ?? "",
    })),
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
