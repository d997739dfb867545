/** From a heap and the user's options to a picture: chooses the graph, and says above it what is drawn. */
import {
  type Analysis,
  baseName,
  computeContainers,
  computeDominators,
  computeHistogram,
  computeOwnerTree,
  computeRetainedSizes,
  computeRetainers,
  computeTypeReferences,
  computeTypeRetainedSizes,
  computeValues,
  formatBytes,
  formatCount,
  formatNumber,
  formatShare,
  type Heap,
  type Progress,
  UsageError,
} from "../../src/index.ts";
import { drawDominators } from "./dominator-graph.ts";
import { type Focus, findFocus, isAddress, largestType } from "./focus.ts";
import { type DotOptions, parseMinimum } from "./options.ts";
import type { Picture } from "./picture.ts";
import { drawReferences } from "./reference-graph.ts";
import { drawTypes } from "./type-graph.ts";

/** What "auto" stands for in --min-retained: a share of the heap. Types have more arrows, and so fewer have room. */
const DEFAULT_SHARES: Readonly<Record<DotOptions["graph"], number>> = {
  owners: 0.005,
  dominators: 0.005,
  references: 0,
  types: 0.01,
};
/** What each graph asks for beyond the heap and its histogram. */
const USES: Readonly<Record<DotOptions["graph"], readonly Analysis<unknown>[]>> = {
  owners: [computeOwnerTree, computeContainers, computeValues],
  dominators: [computeDominators],
  references: [computeDominators, computeRetainedSizes, computeRetainers],
  types: [computeDominators, computeRetainedSizes, computeTypeRetainedSizes, computeRetainers, computeTypeReferences],
};
/** What 0 stands for in --depth, where all would be too much. */
const DEFAULT_STEPS = 5;

/** Lists the analyses of a picture. */
export function listUses({ graph }: DotOptions): readonly Analysis<unknown>[] {
  return [computeHistogram, ...USES[graph]];
}

/**
 * Draws what the options ask for.
 * @throws UsageError if --focus or --min-retained means nothing; HeapDumpError too-large
 */
export async function drawHeap(heap: Heap, options: DotOptions, progress: Progress): Promise<Picture> {
  const histogram = await computeHistogram(heap, progress);
  const bytes = histogram.bytes.reduce((sum, own) => sum + own, 0);
  const live = histogram.reachableBytes.reduce((sum, own) => sum + own, 0);
  const { graph, direction, depth, contents, "max-nodes": maxNodes } = options;
  const minimum = parseMinimum(options["min-retained"], bytes, DEFAULT_SHARES[graph]);
  warnUnused(options, progress);
  const isTree = graph === "owners" || graph === "dominators";
  if (isTree && isAddress(options.focus)) {
    throw new UsageError(`--graph ${graph} is drawn by types: its --focus cannot be an address`, {
      hint: `--graph references --focus ${options.focus} draws what refers to it`,
    });
  }
  const focus = options.focus === "" ? undefined : findFocus(heap, options.focus, histogram.objects);
  const sketch = await sketchGraph();
  const garbage = live === bytes ? "" : `, ${formatShare(bytes - live, bytes)} of it unreachable`;
  const { name, go, arch } = heap.dump;
  return {
    // Without its folders, which are nobody's business who gets to see the picture.
    title: `${baseName(name)}: ${sketch.subject}`,
    captions: [
      `${go.text} ${arch}, ${formatNumber(heap.objects.count, "object")}, ${formatBytes(bytes)}${garbage}`,
      ...sketch.captions,
    ],
    objects: heap.objects.count,
    bytes,
    measure: graph === "owners" ? "owned" : "retained",
    nodes: sketch.nodes,
    edges: sketch.edges,
    isTopDown: graph === "types",
    isTree,
  };

  async function sketchGraph(): Promise<Sketch> {
    const [retains, retain] = graph === "owners" ? ["owns", "own"] : ["retains", "retain"];
    const below = minimum > 0 ? `, nothing that ${retains} less than ${formatBytes(minimum)}` : "";
    // With too little room it is not the minimum that tells what is missing.
    const limit = (largestLeftOut: number | undefined): string =>
      largestLeftOut === undefined
        ? below
        : `; --max-nodes ${maxNodes} leaves out some that ${retain} up to ${formatBytes(largestLeftOut)}`;
    switch (graph) {
      case "owners":
      case "dominators": {
        const { internals } = options;
        const drawn = await drawDominators(heap, { tree: graph, internals, minimum, maxNodes, depth, focus }, progress);
        return {
          ...drawn,
          subject: TREES[graph].subject,
          captions: [
            TREES[graph].caption,
            ...describeFocus(focus),
            `Drawn: ${formatCount(drawn.drawnCount)} of ${formatNumber(drawn.groupCount, "group")}${limit(drawn.largestLeftOut)}.`,
          ],
        };
      }
      case "references": {
        const from = focus ?? largestType(heap, histogram.bytes);
        const steps = depth === 0 ? DEFAULT_STEPS : depth;
        const drawn = await drawReferences(
          heap,
          { minimum, maxNodes, steps, direction, contents, focus: from },
          progress,
        );
        return {
          ...drawn,
          subject: direction === "owners" ? "what refers to the focus" : "what the focus refers to",
          captions: [
            "An arrow is a pointer, or as many as its tooltip says. Objects of one type that are as far from the focus are put together where they are many.",
            ...describeFocus(from),
            `Drawn: up to ${formatNumber(steps, "step")} from it${below}${describeArrows(drawn.arrowsLeftOut)}.`,
          ],
        };
      }
      case "types": {
        const drawn = await drawTypes(heap, { minimum, maxNodes }, progress);
        return {
          ...drawn,
          subject: "how types refer to one another",
          captions: [
            "An arrow's figures: pointers, and the bytes of the objects that they lead to. A type's: what its objects retain together.",
            `Drawn: ${formatCount(drawn.drawnCount)} of ${formatNumber(drawn.typeCount, "type")}${limit(drawn.largestLeftOut)}; each with the arrows that lead to most.`,
          ],
        };
      }
    }
  }
}

/** What is said of the two trees. */
const TREES = {
  owners: {
    subject: "who owns the memory",
    caption:
      "An arrow's target belongs to its source: every object has one owner, though others may use it. The figure is what it owns, with its share of the heap.",
  },
  dominators: {
    subject: "what keeps the memory alive",
    caption:
      "An arrow's target would be freed if its source went away. The figure is what that would free, with its share of the heap.",
  },
} as const;

/** What a graph says of itself. */
type Sketch = Pick<Picture, "captions" | "nodes" | "edges"> & { readonly subject: string };

function describeArrows(leftOut: number): string {
  return leftOut === 0 ? "" : `; ${formatNumber(leftOut, "arrow")} that stand for fewer pointers are not`;
}

function describeFocus(focus: Focus | undefined): string[] {
  return focus === undefined ? [] : [`Focus: ${focus.description}.`];
}

function warnUnused({ graph, focus, direction, depth, internals }: DotOptions, progress: Progress): void {
  const unused = [
    ...(graph !== "references" && direction !== "owners" ? ["--direction"] : []),
    ...(graph !== "owners" && internals ? ["--internals"] : []),
    ...(graph === "types" && focus !== "" ? ["--focus"] : []),
    ...(graph === "types" && depth !== 0 ? ["--depth"] : []),
  ];
  for (const option of unused) progress.warn("option-without-effect", `${option} has no effect with --graph ${graph}`);
}
