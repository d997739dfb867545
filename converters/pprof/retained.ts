/**
 * `--profile retained` and `--profile owned`: the dominator tree, or the owner tree, as stacks. A stack leads from a GC root down to
 * a group of objects, by type and field; its values are the objects' own, so that the cumulative value of a frame is what it
 * retains, or owns.
 */
import {
  beginOwnerTree,
  computeContainers,
  computeDominatorGroups,
  computeOwnerGroups,
  computeValues,
  DominatorGroupKind,
  type DominatorGroups,
  formatCount,
  type Heap,
  NO_STACK,
  type Progress,
} from "../../src/index.ts";
import { FrameNames } from "./frame-names.ts";
import { DEEPER, type GroupNameOptions, GroupNames, SMALLER } from "./group-names.ts";
import { InUseProfile } from "./in-use-profile.ts";
import { describeOrigin, describeTypes } from "./origin.ts";
import type { Profile } from "./profile.ts";

export interface RetainedOptions extends Omit<GroupNameOptions, "areOwned" | "values"> {
  /** Which tree. Of the owner tree, what a map, channel or list is made of is in the frame of the thing itself. */
  readonly tree: "retained" | "owned";
  readonly maxSamples: number;
  readonly maxDepth: number;
}

/** Makes the profile. Linear in the graph; the result has at most `maxSamples` samples. */
export async function buildRetainedProfile(heap: Heap, options: RetainedOptions, progress: Progress): Promise<Profile> {
  const { tree, maxSamples, maxDepth, mergeGoroutines } = options;
  // (GC roots) is a level, but has no frame.
  const limits = { maxGroups: maxSamples, maxDepth: maxDepth + 1, mergeGoroutines };
  if (tree === "owned") beginOwnerTree(heap, progress);
  const groups =
    tree === "retained"
      ? await computeDominatorGroups(heap, limits, progress)
      : await computeOwnerGroups(heap, { ...limits, container: await findContainers(heap, progress) }, progress);
  const profile = new InUseProfile({ root: "text", goroutine: "number", chain: "number" });
  const { frames, stacks } = profile;
  const stackOf = new Int32Array(groups.count).fill(NO_STACK);
  const rootOf = new Int32Array(groups.count);
  const spelling = new FrameNames(heap);
  const naming = {
    ...options,
    areOwned: tree === "owned",
    values: options.withRunLengths ? await computeValues(heap, progress) : undefined,
  };
  const names = new GroupNames(heap, groups, naming, (name) => spelling.short(name));
  const exact = new GroupNames(heap, groups, naming, (name) => name);
  const goroutineOf = new Float64Array(groups.count);
  for (let row = 1; row < groups.count; row++) {
    const above = groups.parent[row]!;
    const name = names.of(row);
    let parent = stackOf[above]!;
    const sharedName = names.shared(row);
    if (sharedName !== undefined) parent = stacks.find(parent, frames.findWords(sharedName));
    const holders = names.holders(row);
    if (holders !== undefined) parent = stacks.find(parent, frames.findWords(holders, exact.holders(row)));
    if (name !== undefined) {
      const place = names.place(row);
      const frame = place ? frames.find(name, place.file, place.line) : frames.findWords(name, exact.of(row));
      parent = stacks.add(parent, frame);
    }
    stackOf[row] = parent;
    rootOf[row] = rootOf[above]! || frames.text(sharedName ?? name ?? "");
    goroutineOf[row] = goroutineOf[above]! || names.goroutineId(row);
    if (groups.objects[row] === 0) continue;
    profile.add(stackOf[row]!, groups.objects[row]!, groups.shallow[row]!, {
      root: rootOf[row]!,
      goroutine: goroutineOf[row]!,
      chain: groups.generations[row]! > 1 ? groups.generations[row]! : 0,
    });
  }
  return profile.finish([
    ...describeOrigin(heap, SUBJECTS[tree]),
    ...(await describeTypes(heap, progress)),
    ...describeLimits(groups, options),
  ]);
}

const SUBJECTS = {
  retained: "objects by what retains them: a frame's cumulative value is its retained size",
  owned: "objects by what owns them: a frame's cumulative value is what it owns, which others may use, too",
};

const VERBS = { retained: "retain", owned: "own" };

/** Undefined without types, which tell what is a map. */
async function findContainers(heap: Heap, progress: Progress): Promise<Int32Array | undefined> {
  return heap.types.layouts === undefined ? undefined : await computeContainers(heap, progress);
}

function describeLimits(
  { kind, groupCount }: DominatorGroups,
  { tree, maxSamples, maxDepth }: RetainedOptions,
): string[] {
  const comments: string[] = [];
  if (groupCount > maxSamples) {
    comments.push(
      `the ${formatCount(maxSamples)} of ${formatCount(groupCount)} stacks that ${VERBS[tree]} most; the others are in "${SMALLER}" below their parents`,
    );
  }
  if (kind.includes(DominatorGroupKind.DEEPER)) {
    comments.push(`what lies more than ${maxDepth} frames deep is in "${DEEPER}"`);
  }
  return comments;
}
