/**
 * Why: why objects are alive, as plain data. For one object the ways from GC roots to it, pointer by pointer; for many the
 * ways merged, alike ones once. The way from the owner comes first, which is the one that the report names.
 */

import { findCleanupTargets } from "../../analysis/ownership/cleanup-targets.ts";
import { findOwnerPaths } from "../../analysis/ownership/owner-paths.ts";
import { shownTypeName } from "../../analysis/paths/library-maps.ts";
import { buildPathTree } from "../../analysis/paths/path-tree.ts";
import { appendPointer, type Pointer, pointerTarget, writePath } from "../../analysis/paths/pointer-path.ts";
import { edgeName } from "../../heap/edge-names.ts";
import type { Heap } from "../../heap/heap.ts";
import { MarkedObjects } from "../../heap/marked-objects.ts";
import { objectSize, REACHABLE } from "../../heap/objects.ts";
import { joinVariable } from "../../heap/roots/root-names.ts";
import { Structure } from "../../heap/value-layouts.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import { formatCount } from "../../quantities.ts";
import { computeContainers } from "../../values/values.ts";
import { isTypeGuessed, nameTypeSource } from "../guessed.ts";
import { splitTimers } from "../holders/holder-roots.ts";
import { type AddressList, findListed } from "./address-list.ts";
import { traceExpression } from "./path-targets.ts";
import { findAskedPath, findRootPaths, type RootPath } from "./root-paths.ts";
import { followSeen, writeDoor } from "./seen-pointers.ts";
import { countSharedSlots } from "./shared-slots.ts";
import { findAnyTargets, type Targets } from "./targets.ts";
import { describeThing, measureTogether, type WhyThing } from "./thing.ts";
import { findUnseenHolder, type UnseenHolder } from "./unseen-holders.ts";
import { findUsers } from "./users.ts";
import { WaySteps, type WhyStep } from "./way-steps.ts";
import { describeWays, type WhyNode } from "./why-nodes.ts";

export type { AddressList } from "./address-list.ts";
export type { WhyThing } from "./thing.ts";
export type { WhyStep } from "./way-steps.ts";
export type { WhyGuesses, WhyNode } from "./why-nodes.ts";

/** Why objects are alive, as `explainWhy` gives it: what `gohd why --json` prints. */
export interface Why {
  /** What was asked for. */
  readonly asked: string;
  readonly count: number;
  readonly bytes: number;
  /** How many of the objects are garbage: no GC root leads to them. */
  readonly garbage: number;
  /** Of the objects, those whose type is guessed from shape and contents. */
  readonly guessed: number;
  /** Whether `asked` calls them by their type. */
  readonly isNamedByType: boolean;
  /** What may hold any of these all the same, which the dump does not show; null if nothing can. */
  readonly unseenHolder: UnseenHolder | null;
  /** How many of the live ones cleanups lead to as well, or may lead to, and hold until they have run; null if none. */
  readonly heldByCleanups: { readonly count: number; readonly isKnown: boolean } | null;
  /** Slots that several small values share, in which more values of the type may be that was asked for; 0 if it has none there. */
  readonly sharedSlots: number;
  /** For one live object: what it is; else null. */
  readonly thing: WhyThing | null;
  /**
   * For several objects of one owner that a path leads to, as those that a variable has pointers to: bytes that they own together, their own
   * included, and their share of the live bytes; else null.
   */
  readonly together: { readonly ownedBytes: number; readonly share: number } | null;
  /** For one object: the ways to it, its owner's first, of the others the shortest first; else empty. */
  readonly paths: readonly WhyPath[];
  /** Whether other roots lead there than `paths` or `users` show; null where that was not asked for of several objects. */
  readonly hasMorePaths: boolean | null;
  /** For several objects: the way from its owner to each, merged; else empty. */
  readonly tree: readonly WhyNode[];
  /** For several objects, if more than one way was asked for: who leads to them beside their owners, to most first; else empty. */
  readonly users: readonly WhyUsers[];
}

/** Roots of one name that lead to several objects beside their owners. */
export interface WhyUsers {
  readonly root: string;
  readonly rootCount: number;
  /** Whether they lead there for sure, as of `WhyPath`; a name may be there once with each. */
  readonly isCertain: boolean;
  /** Objects asked for that they lead to and do not own. */
  readonly count: number;
  /** The way to each, merged. */
  readonly tree: readonly WhyNode[];
}

/** A way from a root to an object, as a Go expression and step by step. */
export interface WhyPath {
  /** Whether the root owns the object, or uses it too; of garbage nobody is the owner. */
  readonly by: RootPath["by"];
  /** The root: "main.store", "goroutine main.worker [select]". */
  readonly root: string;
  /** Roots that are called so and lead there; the way is one of theirs. */
  readonly rootCount: number;
  /** Whether it is there because this very path was asked for, and the owner's is another one. */
  readonly isAsked: boolean;
  /** Whether it is there for sure: else it begins with a word of a stack that may be left over from a call that has returned. */
  readonly isCertain: boolean;
  /** `main.store.sessions["u17"]`. */
  readonly expression: string;
  /** Whether the type of something on the way is guessed, so that the names of its fields are, too. */
  readonly isGuessed: boolean;
  /** Where its first name is known; "" for package variables. */
  readonly where: string;
  readonly steps: readonly WhyStep[];
}

/**
 * Tells why what is asked for is alive.
 * @param asked texts, of which `findAnyTargets` tells what they may mean, and lists of addresses
 * @param most ways to one object; of several the owners' and those of so many others less one
 * @throws UsageError if there is nothing of that name
 */
export async function explainWhy(
  heap: Heap,
  asked: readonly (string | AddressList)[],
  most = 1,
  progress: Progress = NO_PROGRESS,
): Promise<Why> {
  const container = heap.types.layouts === undefined ? undefined : await computeContainers(heap, progress);
  const targets: Targets[] = [];
  for (const one of asked) {
    targets.push(
      typeof one === "string"
        ? await findAnyTargets(heap, one, container, progress)
        : await findListed(heap, one, progress),
    );
  }
  // What is asked for alone, and by a path.
  const path = targets.length === 1 && targets[0]!.isPath ? (asked[0] as string) : undefined;
  const objects = wholeOf(uniteTargets(heap, targets), path, container);
  const unseenHolder = await findUnseenHolder(heap, objects, progress);
  const heldByCleanups = await countHeldByCleanups(heap, objects, progress);
  const isOfTypes = targets.every((target) => target.isOfTypes === true);
  const isNamedByType = targets.every((target) => target.isNamedByType === true);
  const sharedSlots = isOfTypes ? countSharedSlots(heap, objects) : 0;
  const asks = { asked: targets.map(({ description }) => description).join(", "), isNamedByType };
  const sums = sumObjects(heap, objects);
  const amounts = { ...asks, count: objects.length, ...sums, unseenHolder, heldByCleanups, sharedSlots };
  if (objects.length === 1) {
    const { paths, hasMore } = await findRootPaths(heap, objects[0]!, most, container, progress);
    const thing = amounts.garbage === 0 ? await describeThing(heap, objects[0]!, container, progress) : null;
    const traced = path === undefined ? [] : traceExpression(heap, path, objects[0]!, container);
    const askedPath = traced.length === 0 ? undefined : await findAskedPath(heap, traced, paths, container, progress);
    const [owners, ...users] = paths;
    const all = askedPath === undefined ? paths : [owners!, askedPath, ...users];
    const described = all.map((path) => describePath(heap, path, container));
    const hasMorePaths = hasMore ?? (thing !== null && splitTimers(owners!.root, thing.alsoUsedBy).users.length > 0);
    return { ...amounts, thing, together: null, paths: described, hasMorePaths, tree: [], users: [] };
  }
  const tree = buildPathTree(heap, await findOwnerPaths(heap, objects, progress), objects, container);
  const isOne = path !== undefined && !ANY_ELEMENT.test(path) && amounts.garbage === 0;
  const together = isOne ? await measureTogether(heap, objects, container, progress) : null;
  const described = { ...amounts, thing: null, together, paths: [], tree: describeWays(heap, tree) };
  if (most <= 1) return { ...described, hasMorePaths: null, users: [] };
  const { users, hasMore } = await findUsers(heap, objects, most - 1, container, progress);
  return {
    ...described,
    hasMorePaths: hasMore,
    users: users.map(({ root, rootCount, isCertain, objects: used, paths }) => ({
      root,
      rootCount,
      isCertain,
      count: used.length,
      tree: describeWays(heap, buildPathTree(heap, paths, used, container)),
    })),
  };
}

/** Counts those of some live objects that cleanups lead to. */
async function countHeldByCleanups(heap: Heap, asked: Int32Array, progress: Progress): Promise<Why["heldByCleanups"]> {
  const cleanups = await findCleanupTargets(heap, progress);
  if (cleanups === undefined) return null;
  const { isLedTo, isKnown } = cleanups;
  let count = 0;
  for (const object of asked) if (isLedTo[object] === 1 && (heap.objects.flags[object]! & REACHABLE) !== 0) count++;
  return count === 0 ? null : { count, isKnown };
}

/** Whatever any of the targets has, once; ascending if there are several. */
function uniteTargets({ objects }: Heap, targets: readonly Targets[]): Int32Array {
  if (targets.length === 1) return targets[0]!.objects;
  const asked = new MarkedObjects(objects.count);
  for (const target of targets) for (const object of target.objects) asked.add(object);
  return asked.list();
}

function sumObjects(heap: Heap, asked: Int32Array): Pick<Why, "bytes" | "garbage" | "guessed"> {
  let bytes = 0;
  let garbage = 0;
  let guessed = 0;
  for (const object of asked) {
    bytes += objectSize(heap.objects, object);
    if ((heap.objects.flags[object]! & REACHABLE) === 0) garbage++;
    if (isTypeGuessed(heap.objects, object)) guessed++;
  }
  return { bytes, garbage, guessed };
}

/** The elements of what a path means, if it says so. */
const ANY_ELEMENT = /\[(?:…|\*|\.\.\.)?\]/;

/**
 * A list whose header is in a variable is its head and its tail, for one who names it: one thing, and the whole stands for it.
 * @param path by which they are asked for, if that is so
 */
function wholeOf(objects: Int32Array, path: string | undefined, container: Int32Array | undefined): Int32Array {
  const isOneName = path !== undefined && !ANY_ELEMENT.test(path);
  if (container === undefined || !isOneName || objects.length < 2) return objects;
  const whole = container[objects[0]!]!;
  const isOne = objects.includes(whole) && objects.every((object) => container[object] === whole);
  return isOne ? Int32Array.of(whole) : objects;
}

function describePath(heap: Heap, path: RootPath, container: Int32Array | undefined): WhyPath {
  const { pointers, ...told } = path;
  const options = { container, withElements: true };
  const isGuessed = pointers.some(({ from }) => isTypeGuessed(heap.objects, from));
  const way = new WaySteps();
  const show = (name: string, target: number): void => way.add(describeStep(heap, name, target));
  const steps = followSeen(heap, pointers);
  for (const [i, { pointer, target }] of steps.entries()) {
    if (i === 0) show(writeDoor(heap, pointer), target);
    else if (!isInside(heap, pointer, container)) show(appendPointer(heap, "", pointer, options), target);
  }
  // What was asked for is the last, also where it is a part of what nobody sees.
  const last = pointers.at(-1)!;
  const asked = pointerTarget(heap, last);
  if (steps.at(-1)!.target !== asked && last.from < heap.objects.count && !isInside(heap, last, container)) {
    show(edgeName(heap, last.from, last.edge, true) ?? "…", asked);
  }
  const { expression, where } = writePath(heap, pointers, options);
  // A node in the middle of a list was asked for, and not the list.
  const inner = listInside(heap, pointers, container);
  const target = pointerTarget(heap, pointers.at(-1)!);
  const names = inner.map(({ from, edge }) => edgeName(heap, from, edge, true) ?? "…");
  if (names.length > MOST_INNER) {
    const text =
      new Set(names).size === 1
        ? `${formatCount(names.length)} × ${names[0]}`
        : `${formatCount(names.length)} nodes on`;
    show(text, target);
    return { ...told, expression: `${expression}.(${text})`, isGuessed, where, steps: way.finish() };
  }
  for (const [i, pointer] of inner.entries()) show(names[i]!, pointerTarget(heap, pointer));
  return { ...told, expression: names.reduce(joinVariable, expression), isGuessed, where, steps: way.finish() };
}

function describeStep({ objects, types, formatAddress }: Heap, name: string, target: number): Omit<WhyStep, "skipped"> {
  return {
    name: name.replace(/^\./, ""),
    type: shownTypeName(types.names[objects.type[target]!]!),
    typeSource: nameTypeSource(objects, target),
    address: formatAddress(objects.address[target]!),
  };
}

/** So many nodes of a list are steps each; of more it is told how many. */
const MOST_INNER = 3;

function isInside(heap: Heap, pointer: Pointer, container: Int32Array | undefined): boolean {
  return (
    container !== undefined &&
    pointer.from < heap.objects.count &&
    container[pointer.from] === container[pointerTarget(heap, pointer)]
  );
}

/** The last pointers of a path, if they are from node to node of a list or tree of the program's own; what maps are made of is nobody's. */
function listInside(heap: Heap, pointers: readonly Pointer[], container: Int32Array | undefined): readonly Pointer[] {
  const { objects, types } = heap;
  let from = pointers.length;
  while (from > 1 && isInside(heap, pointers[from - 1]!, container)) from--;
  const inner = pointers.slice(from);
  const isNode = (object: number): boolean => types.layouts?.structure[objects.type[object]!] === Structure.NONE;
  return inner.every((pointer) => isNode(pointer.from) && isNode(pointerTarget(heap, pointer))) ? inner : [];
}
