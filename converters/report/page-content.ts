/** PageContent: what the page is given, made of the report and the nodes of the owner tree. */
import {
  formatBytes,
  formatNumber,
  type Growth,
  type Heap,
  type OwnerNodeIndex,
  quoteCommand,
  type Report,
  RootVertexKind,
  sayGarbage,
  showName,
} from "../../src/index.ts";
import { categoryOfNode, listTypeKinds } from "./categories.ts";
import { listBars } from "./page-bars.ts";
import { NODE_KINDS, type PageData, type TreeColumns } from "./page-data.ts";
import { makePageGrowth } from "./page-growth.ts";
import { listFindings, listGoroutines, listHolders, listTypes, type NodeFinder } from "./page-tables.ts";
import { listPageStatements } from "./statements.ts";
import { TextList } from "./text-list.ts";

/** Packages whose names are told apart from their paths, and characters of each: any program has fewer, a hostile dump may not. */
const MOST_PACKAGES = 500;
const LONGEST_PACKAGE = 300;

/** Makes the page's data; `growth` is what grew since earlier dumps, if there are some. */
export function makePageData(
  heap: Heap,
  report: Report,
  index: OwnerNodeIndex,
  withContents: boolean,
  growth?: Growth,
): PageData {
  const texts = new TextList();
  const find = makeFinder(heap, report, index);
  const { dump, totals } = report;
  const why = quoteCommand(["gohd", "why", dump.name]) + (dump.isTyped ? " --exe …" : "");
  return {
    dump: { ...dump, name: showName(dump.name), goVersion: showName(dump.goVersion), arch: showName(dump.arch) },
    liveBytes: totals.live.bytes,
    headline: describeHeap(report),
    growth: growth === undefined ? null : makePageGrowth(growth),
    statements: listPageStatements(report, find, why),
    bars: listBars(report),
    tables: [listFindings(report, find), listHolders(report, find), listGoroutines(report, find), listTypes(report)],
    tree: toColumns(heap, index, texts),
    texts: texts.texts,
    packageNames: [...(heap.types.packageNames ?? [])]
      .slice(0, MOST_PACKAGES)
      .map(([path, name]) => [showName(path, LONGEST_PACKAGE), showName(name, LONGEST_PACKAGE)]),
    unfolded: index.unfolded,
    whyCommand: why,
    holdings: withContents
      ? "This file holds names, addresses and keys of maps, which are contents of the process's memory."
      : "This file holds names and addresses, and no contents of the process's memory.",
  };
}

function describeHeap(report: Report): string {
  const {
    dump,
    totals: { live },
  } = report;
  const parts = [
    `${formatBytes(live.bytes)} live in ${formatNumber(live.count, "object")}`,
    ...sayGarbage(report),
    showName(dump.goVersion),
    showName(dump.arch),
    ...(dump.isTyped ? [] : ["no types: made without the program's executable"]),
  ];
  return parts.join(" · ");
}

function makeFinder(
  heap: Heap,
  { holders, findings, goroutines: { groups } }: Report,
  index: OwnerNodeIndex,
): NodeFinder {
  const { roots, goroutines, objects } = heap;
  const vertexOf = new Map<number, number>();
  for (let vertex = 0; vertex < roots.vertices.count; vertex++) {
    if (roots.vertices.kind[vertex] !== RootVertexKind.GOROUTINE) continue;
    vertexOf.set(goroutines.id[roots.vertices.item[vertex]!]!, objects.count + vertex);
  }
  const ofVertex = (vertex: number | undefined): number => (vertex === undefined ? -1 : index.nodeOf(vertex));
  const find: NodeFinder = {
    ofHolder: ({ object, ownerVertex }) => ofVertex(object ?? objects.count + ownerVertex),
    ofGroup: ({ ids }) => ofVertex(ids[0] === undefined ? undefined : vertexOf.get(ids[0])),
    ofFinding: (finding) => ofVertex(finding.objects[0]),
    ofAnswer: ({ leads, holder, group, cause }) => {
      if (leads === "goroutines") return find.ofGroup(groups[group!]!);
      return leads === "holder" ? find.ofHolder(holders[holder!]!) : find.ofFinding(findings[cause!]!);
    },
  };
  return find;
}

/** Nodes beyond this, in the order of what they own, tell no largest members: there are too many for a file. */
const MOST_WITH_MEMBERS = 3000;

function toColumns(heap: Heap, { nodes }: OwnerNodeIndex, texts: TextList): TreeColumns {
  const kinds = listTypeKinds(heap);
  const column = (value: (row: (typeof nodes)[number]) => number): number[] => nodes.map(value);
  const bySize = nodes.map((_, i) => i).sort((a, b) => nodes[b]!.ownedBytes - nodes[a]!.ownedBytes);
  const largest: Record<number, (string | number)[]> = {};
  for (const i of bySize.slice(0, MOST_WITH_MEMBERS)) {
    const members = nodes[i]!.largest.flatMap(({ address, ownedBytes, path }) => [
      address,
      ownedBytes,
      showName(path, 160),
    ]);
    if (members.length > 0) largest[i] = members;
  }
  // Those that own most first: should texts have to be cut short, theirs are whole.
  const by = new Array<number>(nodes.length);
  const name = new Array<number>(nodes.length);
  for (const i of bySize) {
    by[i] = texts.add(nodes[i]!.by);
    name[i] = texts.add(nodes[i]!.name);
  }
  return {
    parent: column(({ parent }) => parent),
    kind: column(({ kind }) => NODE_KINDS.indexOf(kind)),
    by,
    name,
    category: column((node) => categoryOfNode(node, kinds)),
    count: column(({ count }) => count),
    objects: column(({ objects }) => objects),
    bytes: column(({ bytes }) => bytes),
    ownedBytes: column(({ ownedBytes }) => ownedBytes),
    inferred: column(({ inferred }) => inferred),
    chain: column(({ chain }) => chain),
    entries: column(({ entries }) => entries ?? -1),
    largest,
  };
}
