/**
 * `--profile retained`: the dominator tree as stacks. A stack leads from a GC root down to a group of objects, by type and
 * field; its values are the objects' own, so that the cumulative value of a frame is what it retains.
 */
import {
  computeDominatorGroups,
  DominatorGroupKind,
  type DominatorGroups,
  findEntryFunction,
  findNamingCall,
  formatCount,
  frameFunctionName,
  goroutineState,
  type Heap,
  type Progress,
  printedFunctionName,
  RootVertexKind,
  rootVertexName,
} from "../../src/index.ts";
import { FrameTable } from "./frames.ts";
import { describeOrigin, describeTypes } from "./origin.ts";
import { IN_USE, type Profile, SPACE } from "./profile.ts";
import { NO_STACK, StackTree } from "./stacks.ts";

export interface RetainedOptions {
  readonly maxSamples: number;
  readonly maxDepth: number;
  /** Whether names say how long runs are. */
  readonly withRunLengths: boolean;
  readonly mergeGoroutines: boolean;
}

/** What is too deep, and what is too small, for frames of its own. */
const DEEPER = "…";
const SMALLER = "(smaller)";

/** Roots that are named of those that hold something together. */
const SHOWN_HOLDERS = 3;

/** What root groups are called; the virtual root and (GC roots) have no frame. */
const GROUP_NAMES: Readonly<Record<number, string>> = {
  [RootVertexKind.UNREACHABLE]: "unreachable",
  [RootVertexKind.GLOBALS]: "globals",
  [RootVertexKind.GOROUTINES]: "goroutines",
  [RootVertexKind.FINALIZERS]: "finalizers",
  [RootVertexKind.OTHER]: "other roots",
};

/** What holds objects that no single root holds alone; they get a frame that says so. */
const SHARED_NAMES: Readonly<Record<number, string>> = {
  [RootVertexKind.GC_ROOTS]: "several kinds of roots",
  [RootVertexKind.GLOBALS]: "several globals",
  [RootVertexKind.GOROUTINES]: "several goroutines",
};

/** Makes the profile. Linear in the graph; the result has at most `maxSamples` samples. */
export async function buildRetainedProfile(heap: Heap, options: RetainedOptions, progress: Progress): Promise<Profile> {
  const { maxSamples, maxDepth, mergeGoroutines } = options;
  // (GC roots) is a level, but has no frame.
  const limits = { maxGroups: maxSamples, maxDepth: maxDepth + 1, mergeGoroutines };
  const groups = await computeDominatorGroups(heap, limits, progress);
  const frames = new FrameTable(false);
  const stacks = new StackTree();
  const stackOf = new Int32Array(groups.count).fill(NO_STACK);
  const rootOf = new Int32Array(groups.count);
  const names = new GroupNames(heap, groups, options);
  const samples = { stack: [] as number[], objects: [] as number[], bytes: [] as number[], root: [] as number[] };
  for (let row = 1; row < groups.count; row++) {
    const above = groups.parent[row]!;
    const name = names.of(row);
    let parent = stackOf[above]!;
    const sharedName = names.shared(row);
    if (sharedName !== undefined) parent = stacks.find(parent, frames.find(sharedName));
    const holders = names.holders(row);
    if (holders !== undefined) parent = stacks.find(parent, frames.find(holders));
    const [file, line] = names.place(row);
    stackOf[row] = name === undefined ? parent : stacks.add(parent, frames.find(name, file, line));
    rootOf[row] = rootOf[above]! || frames.text(sharedName ?? name ?? "");
    if (groups.objects[row] === 0) continue;
    samples.stack.push(stackOf[row]!);
    samples.objects.push(groups.objects[row]!);
    samples.bytes.push(groups.shallow[row]!);
    samples.root.push(rootOf[row]!);
  }
  return {
    sampleTypes: IN_USE,
    periodType: SPACE,
    period: 1,
    comments: [
      ...describeOrigin(heap, "objects by what retains them: a frame's cumulative value is its retained size"),
      ...(await describeTypes(heap, progress)),
      ...describeLimits(groups, options),
    ],
    frames,
    stacks,
    samples: {
      count: samples.stack.length,
      stack: samples.stack,
      values: [samples.objects, samples.bytes],
      labels: [{ key: "root", kind: "text", values: samples.root }],
    },
  };
}

function describeLimits({ kind, groupCount }: DominatorGroups, { maxSamples, maxDepth }: RetainedOptions): string[] {
  const comments: string[] = [];
  if (groupCount > maxSamples) {
    comments.push(
      `the ${formatCount(maxSamples)} of ${formatCount(groupCount)} stacks that retain most; the others are in "${SMALLER}" below their parents`,
    );
  }
  if (kind.includes(DominatorGroupKind.DEEPER)) {
    comments.push(`what lies more than ${maxDepth} frames deep is in "${DEEPER}"`);
  }
  return comments;
}

class GroupNames {
  readonly #heap: Heap;
  readonly #groups: DominatorGroups;
  readonly #withRunLengths: boolean;
  readonly #withHolders: boolean;

  constructor(heap: Heap, groups: DominatorGroups, { withRunLengths }: RetainedOptions) {
    this.#heap = heap;
    this.#groups = groups;
    this.#withRunLengths = withRunLengths;
    // Who else happens to hold a thing differs from dump to dump, as lengths do.
    this.#withHolders = withRunLengths;
  }

  /** The frame's name: "head main.Node ×200", as in a declaration; undefined for what has no frame. */
  of(row: number): string | undefined {
    const groups = this.#groups;
    switch (groups.kind[row]) {
      case DominatorGroupKind.DEEPER:
        return DEEPER;
      case DominatorGroupKind.SMALLER:
        return SMALLER;
      case DominatorGroupKind.ROOT_VERTEX:
        return this.#ofRootVertex(row);
      default:
        return this.#ofObjects(row);
    }
  }

  /** File and line of a stack frame, as far as they are known; nothing for other rows. */
  place(row: number): [file?: string, line?: number] {
    const { goroutines, roots, objects } = this.#heap;
    const { calls } = goroutines;
    if (calls === undefined || this.#groups.kind[row] !== DominatorGroupKind.ROOT_VERTEX) return [];
    if (this.#rootKind(row) !== RootVertexKind.FRAME) return [];
    const call = findNamingCall(goroutines, calls, roots.vertices.item[this.#groups.vertex[row]! - objects.count]!);
    return [calls.names[calls.file[call]!]!, calls.line[call]!];
  }

  /** What is said between a group of roots and objects that none of these roots holds alone. */
  shared(row: number): string | undefined {
    const groups = this.#groups;
    const above = groups.parent[row]!;
    const isRootVertex = groups.kind[row] === DominatorGroupKind.ROOT_VERTEX;
    if (isRootVertex || groups.kind[above] !== DominatorGroupKind.ROOT_VERTEX) return undefined;
    return SHARED_NAMES[this.#rootKind(above)];
  }

  /** "held by main.main app, main.work app, 3 more": the roots that hold objects together, as far as they are known. */
  holders(row: number): string | undefined {
    const holders = this.#groups.holders.get(row);
    if (holders === undefined || !this.#withHolders) return undefined;
    const names = holders.names.slice(0, SHOWN_HOLDERS);
    const more = holders.count - names.length;
    return `held by ${names.join(", ")}${more > 0 ? `, ${formatCount(more)} more` : ""}`;
  }

  #rootKind(row: number): number {
    return this.#heap.roots.vertices.kind[this.#groups.vertex[row]! - this.#heap.objects.count]!;
  }

  #ofRootVertex(row: number): string | undefined {
    const root = this.#groups.vertex[row]! - this.#heap.objects.count;
    const kind = this.#rootKind(row);
    switch (kind) {
      case RootVertexKind.ROOT:
      case RootVertexKind.GC_ROOTS:
        return undefined;
      case RootVertexKind.VARIABLE:
        return `global ${rootVertexName(this.#heap, root)}`;
      case RootVertexKind.FRAME:
        // The line has a place of its own in profiles.
        return frameFunctionName(this.#heap.goroutines, this.#heap.roots.vertices.item[root]!);
      case RootVertexKind.GOROUTINE:
        return this.#ofGoroutine(row, this.#heap.roots.vertices.item[root]!);
      default:
        return GROUP_NAMES[kind] ?? rootVertexName(this.#heap, root);
    }
  }

  /** "goroutine 17 [chan receive] main.worker"; no number if the row stands for several. */
  #ofGoroutine(row: number, index: number): string {
    const { goroutines } = this.#heap;
    const which = this.#groups.members[row] === 1 ? `goroutine ${goroutines.id[index]}` : "goroutines";
    const entry = findEntryFunction(goroutines, index);
    const name = entry === undefined ? "" : ` ${printedFunctionName(entry)}`;
    return `${which} [${goroutineState(goroutines, index)}]${name}`;
  }

  #ofObjects(row: number): string {
    const { type, field, generations, inferred, objects, names } = this.#groups;
    const mark = inferred[row]! > 0 && inferred[row] === objects[row] ? "~" : "";
    const run = generations[row]! > 1 && this.#withRunLengths ? ` ×${generations[row]}` : "";
    const by = field[row]! < 0 ? "" : withoutElement(names[field[row]!]!);
    // The type last, because pprof shortens a frame's name to what follows its last dots.
    return `${by === "" ? "" : `${by} `}${mark}${this.#heap.types.names[type[row]!]!}${run}`;
  }
}

/** That it is an element of an array says the array's own frame. */
function withoutElement(field: string): string {
  return field.replace(/^\[\]\.?/, "");
}
