/**
 * `--profile sites`: who allocated what holds the memory. A stack is the chain of allocation sites along the dominator
 * path, outermost owner first; its values are the objects' own. So the flat value of a site is what its objects take, and
 * the cumulative one what they retain, each byte once however often objects of one site hold others. Nothing is scaled:
 * sampled objects tell sites only, the figures are the heap's.
 */

import {
  findObjectSites,
  formatBytes,
  formatCount,
  formatNumber,
  formatShare,
  type Heap,
  hasProgramSamples,
  NO_SITE_NAME,
  NO_STACK,
  type ObjectSites,
  type Progress,
  SEVERAL_SITES,
  StackTree,
  WHY_NO_SAMPLES,
} from "../../src/index.ts";
import { describeNames } from "./allocations.ts";
import { FrameNames } from "./frame-names.ts";
import { FrameTable } from "./frames.ts";
import { describeOrigin } from "./origin.ts";
import { IN_USE, type Profile, SPACE } from "./profile.ts";
import { Belonging, buildSiteTree, DEEPER_SITE, type SiteTree, UNREACHABLE_SITE } from "./site-tree.ts";

export interface SitesOptions {
  readonly maxSamples: number;
  readonly maxDepth: number;
  /** How many calls a site has: 1 is the one that allocates. */
  readonly callsPerSite: number;
}

const SMALLER = "(smaller)";
const UNREACHABLE = "unreachable";
const DEEPER = "…";

/** Heaps below say little in any case. */
const WORTH_WARNING = 2 ** 20;

/** Makes the profile; computes dominators. Linear in the graph; the result has at most `maxSamples` samples. */
export async function buildSitesProfile(heap: Heap, options: SitesOptions, progress: Progress): Promise<Profile> {
  const { maxSamples, maxDepth } = options;
  // Brackets of types are in some names.
  const frames = new FrameTable(false);
  const callsPerSite = Math.min(options.callsPerSite, maxDepth);
  const sites = await findObjectSites(heap, callsPerSite, progress);
  const tree = await buildSiteTree(heap, sites, { maxSamples, maxDepth }, progress);
  warnOfFewSamples(heap, sites, tree, progress);
  const stacks = new StackTree();
  return {
    sampleTypes: IN_USE,
    periodType: SPACE,
    period: 1,
    comments: [
      ...describeOrigin(
        heap,
        "allocation sites by what their objects retain: a frame's cumulative value is its retained size",
      ),
      ...describeSites(sites, tree, options),
      ...describeNames(heap),
    ],
    frames,
    stacks,
    samples: new SiteStacks(heap, sites, frames, stacks).draw(tree),
  };
}

class SiteStacks {
  readonly #sites: ObjectSites;
  readonly #frames: FrameTable;
  readonly #stacks: StackTree;
  readonly #typeNames: readonly string[];
  readonly #spelling: FrameNames;
  /** Per stack of calls: its innermost one as a location of the profile. */
  readonly #locations: readonly number[];

  constructor(heap: Heap, sites: ObjectSites, frames: FrameTable, stacks: StackTree) {
    this.#sites = sites;
    this.#frames = frames;
    this.#stacks = stacks;
    this.#typeNames = heap.types.names;
    this.#spelling = new FrameNames(heap);
    const { names } = heap.memoryProfile;
    const { function: functions, file, line } = sites.callSites;
    this.#locations = sites.calls.location.map((call, stack) =>
      stack === NO_STACK ? 0 : frames.find(names[functions[call]!]!, names[file[call]!]!, line[call]!),
    );
  }

  /** One sample for each way in which objects of a node came there. */
  draw(tree: SiteTree): Profile["samples"] {
    const frames = this.#frames;
    const stackOf = new Int32Array(tree.count).fill(NO_STACK);
    const stack: number[] = [];
    const objects: number[] = [];
    const bytes: number[] = [];
    const how: number[] = [];
    for (let node = 0; node < tree.count; node++) {
      if (node > 0) stackOf[node] = this.#add(tree.site[node]!, stackOf[tree.parent[node]!]!);
      for (const belonging of Object.values(Belonging)) {
        const count = tree.objects[belonging]![node]!;
        if (count === 0) continue;
        stack.push(node > 0 ? stackOf[node]! : this.#stacks.add(NO_STACK, frames.findWords(rootName(belonging))));
        objects.push(count);
        bytes.push(tree.bytes[belonging]![node]!);
        how.push(frames.text(labelOf(tree.site[node]!, belonging, this.#sites)));
      }
    }
    const labels = [{ key: "site", kind: "text", values: how }] as const;
    return { count: stack.length, stack, values: [objects, bytes], labels };
  }

  /** The stack of a node: the one above it, and the calls of its site. */
  #add(site: number, above: number): number {
    const { calls, firstShared } = this.#sites;
    const stacks = this.#stacks;
    if (site === UNREACHABLE_SITE) return stacks.add(above, this.#frames.findWords(UNREACHABLE));
    if (site === DEEPER_SITE) return stacks.add(above, this.#frames.findWords(DEEPER));
    if (site >= firstShared) return stacks.find(above, this.#ofSeveral(this.#typeNames[site - firstShared]!));
    const locations: number[] = [];
    for (let call = site; call !== NO_STACK; call = calls.parent[call]!) locations.push(this.#locations[call]!);
    return locations.reduceRight((stack, location) => stacks.find(stack, location), above);
  }

  /** The frame of a class of objects that several sites share. */
  #ofSeveral(type: string): number {
    return this.#frames.findWords(SEVERAL_SITES + this.#spelling.short(type), SEVERAL_SITES + type);
  }
}

function rootName(belonging: number): string {
  return belonging === Belonging.FOLDED ? SMALLER : NO_SITE_NAME;
}

/** How it is known that the objects are the site's; "" where no site is said to have them. */
function labelOf(site: number, belonging: number, { firstShared }: ObjectSites): string {
  if (belonging === Belonging.FOLDED) return "smaller";
  if (site <= 0) return "";
  if (belonging === Belonging.OWNED) return "owner";
  if (site >= firstShared) return "several";
  return belonging === Belonging.SAMPLED ? "sampled" : "inferred";
}

interface Shares {
  readonly all: number;
  readonly sampled: number;
  readonly inferred: number;
  readonly several: number;
}

/** Bytes by how their site is known. */
function shareBytes({ firstShared }: ObjectSites, { count, site, bytes }: SiteTree): Shares {
  const shares = { all: 0, sampled: 0, inferred: 0, several: 0 };
  for (let node = 0; node < count; node++) {
    for (const column of bytes) shares.all += column[node]!;
    shares.sampled += bytes[Belonging.SAMPLED]![node]!;
    const ofClass = bytes[Belonging.CLASS]![node]!;
    if (site[node]! >= firstShared) shares.several += ofClass;
    else shares.inferred += ofClass;
  }
  return shares;
}

function warnOfFewSamples(heap: Heap, sites: ObjectSites, tree: SiteTree, progress: Progress): void {
  if (!hasProgramSamples(heap.memoryProfile)) {
    progress.warn(
      "no-samples",
      `the dump has no sampled objects of the program: all of these are in "${NO_SITE_NAME}". ${WHY_NO_SAMPLES}`,
    );
    return;
  }
  const { bytes, site, count } = tree;
  let all = 0;
  let nobodys = 0;
  for (let node = 0; node < count; node++) {
    for (const column of bytes) all += column[node]!;
    if (site[node]! === 0 || site[node] === UNREACHABLE_SITE) nobodys += bytes[Belonging.OWNED]![node]!;
  }
  if (all < WORTH_WARNING || nobodys <= all / 2) return;
  progress.warn(
    "few-samples",
    `${describeSampled(sites)} tell the sites of less than half of the heap: ${formatBytes(nobodys)} of ${formatBytes(all)} ` +
      `are in "${NO_SITE_NAME}"; a smaller runtime.MemProfileRate, set when the program starts, gives more`,
  );
}

function describeSites(sites: ObjectSites, tree: SiteTree, { maxSamples }: SitesOptions): string[] {
  const { all, sampled, inferred, several } = shareBytes(sites, tree);
  const folded = tree.objects[Belonging.FOLDED]!.some((count) => count > 0);
  return [
    `${describeSampled(sites)} tell sites. Bytes by label: site=sampled ${formatShare(sampled, all)}; inferred from type and ` +
      `size ${formatShare(inferred, all)}; several ${formatShare(several, all)}; the rest is with the site of what holds it (owner)`,
    ...(folded
      ? [
          `what retains too little for one of the ${formatCount(maxSamples)} samples is with the site above it (smaller)`,
        ]
      : []),
  ];
}

/** Says that a figure rests on few samples: "12 sampled objects". */
function describeSampled({ sampled }: ObjectSites): string {
  return formatNumber(sampled.length, "sampled object");
}
