/**
 * Goroutine groups: goroutines that were started for the same function and wait at the same place, as one: how many, since when,
 * what they own, and whether they are leaked. A thousand blocked goroutines are one line.
 */
import type { SizeColumn } from "../../analysis/dominators/retained-size.ts";
import { computeOwnerTree, type OwnerTree, withOwnerChildren } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, memoise } from "../../heap/memo.ts";
import { NO_OBJECT } from "../../heap/objects.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { findEntryFunction, goroutineState } from "../../heap/roots/goroutines.ts";
import { frameFunctionName, goroutineOrigin, rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { countQueued, type QueueCounter } from "../queued.ts";
import { AwaitedUsers, isAwaiting } from "./awaited-users.ts";
import { DoneChannels } from "./done-channels.ts";
import type { AwaitedUser, GoroutineGroup } from "./goroutine-group.ts";
import { GroupContents } from "./group-contents.ts";
import { GroupFrames } from "./group-frames.ts";
import { findSharing } from "./group-sharing.ts";
import { chooseKnown, type KnownWait, listKnownWaits, type PossibleWait } from "./known-waits.ts";
import { findLeakedGoroutines } from "./leaked.ts";
import { StackSizes } from "./stack-sizes.ts";
import { findWaitTargets, type WaitTargets } from "./wait-targets.ts";

export type { AwaitedUser, GoroutineGroup } from "./goroutine-group.ts";
export type { GroupLocal, GroupPart } from "./group-contents.ts";
export type { StackFrames } from "./group-frames.ts";
export type { SharingGroup } from "./group-sharing.ts";
export type { AwaitedThings } from "./group-waits.ts";

/** Goroutines between two breaths. */
const SLICE = 1 << 14;
const MOST_IDS = 3;
/** Kinds of goroutines that are listed of those that may end a wait. */
const MOST_AWAITED_USERS = 16;
/** Packages whose frames say how a goroutine waits, and not for what. */
const HOW_IT_WAITS = /^(runtime|sync|syscall|time|iter|internal\/[^.]*)\./;

/**
 * What a group is called: "main.worker [select]", "[select]" where it is not known what its goroutines began with. Groups that wait elsewhere
 * may have the same name.
 */
export function goroutineGroupName({ entry, state }: Pick<GoroutineGroup, "entry" | "state">): string {
  return entry === "" ? `[${state}]` : `${entry} [${state}]`;
}

/** What would be had back without them: what they own, and beside the heap their stacks. */
export function worthOfGroup({ ownedBytes, stackBytes }: Pick<GoroutineGroup, "ownedBytes" | "stackBytes">): number {
  return ownedBytes + stackBytes;
}

/** All groups of goroutines, as `computeGoroutineGroups` gives them. */
export interface GoroutineGroups {
  /** What owns most first, their stacks included. */
  readonly groups: readonly GoroutineGroup[];
  /** The group of each goroutine: Int32Array, length goroutines.count. */
  readonly groupOf: Int32Array;
  /** Per group: 1 if it is leaked and one of the channels that these wait for may be the Done of a context. */
  readonly mayAwaitContext: Uint8Array;
}

/** Groups all goroutines; memoised per heap. Costs the owner tree; linear in goroutines, frames and what hangs on them. */
export const computeGoroutineGroups: Analysis<GoroutineGroups> = memoise(async (heap: Heap, progress: Progress) => {
  const { goroutines } = heap;
  const owners = await computeOwnerTree(heap, progress);
  return withOwnerChildren(heap, progress, async (children) => {
    const leaked = await findLeakedGoroutines(heap, progress);
    const targets = leaked.includes(1) ? (await findWaitTargets(heap, progress)).of : [];
    const grouping = new Grouping(heap, owners, children, { leaked, targets }, await countQueued(heap, progress));
    for (let goroutine = 0; goroutine < goroutines.count; goroutine++) {
      if (goroutine % SLICE === SLICE - 1) await breathe(progress);
      grouping.add(goroutine);
    }
    return grouping.finish(progress);
  });
});

interface OpenGroup {
  readonly entry: string;
  readonly origin: string;
  readonly state: string;
  readonly site: Site;
  readonly isSystem: boolean;
  readonly known: KnownWait | undefined;
  readonly members: number[];
}

/** Where a goroutine waits: a frame's function, and with its line. */
interface Site {
  readonly function: string;
  readonly name: string;
  /** What it called to wait: the outermost frame of the runtime's and its like. */
  readonly callee: string;
}

const NO_SITE: Site = { function: "", name: "", callee: "" };

class Grouping {
  readonly #heap: Heap;
  readonly #owners: OwnerTree;
  readonly #owned: SizeColumn;
  readonly #children: { readonly start: Int32Array; readonly child: Int32Array };
  readonly #leaked: Uint8Array;
  readonly #queues: QueueCounter;
  #targets: WaitTargets["of"];
  #users: AwaitedUsers | undefined;
  /** The groups of those that may end a wait, … */
  readonly #groupOf = new Map<number, OpenGroup>();
  /** … and what was made of them, by who they are. */
  readonly #listed = new Map<ReadonlySet<number>, readonly AwaitedUser[]>();
  readonly #vertexOf: Int32Array;
  readonly #groups = new Map<string, OpenGroup>();
  /** What goroutines may wait for, by their first function, state and site. */
  readonly #possible = new Map<string, readonly PossibleWait[]>();
  readonly #newest: number;
  readonly #stacks: StackSizes;

  constructor(
    heap: Heap,
    owners: OwnerTree,
    children: { readonly start: Int32Array; readonly child: Int32Array },
    { leaked, targets }: { readonly leaked: Uint8Array; readonly targets: WaitTargets["of"] },
    queues: QueueCounter,
  ) {
    const { goroutines, roots } = heap;
    this.#heap = heap;
    this.#owners = owners;
    this.#owned = owners.ownedSize;
    this.#children = children;
    this.#leaked = leaked;
    this.#targets = targets;
    this.#stacks = new StackSizes(heap);
    this.#queues = queues;
    this.#vertexOf = new Int32Array(goroutines.count).fill(-1);
    for (let vertex = 0; vertex < roots.vertices.count; vertex++) {
      if (roots.vertices.kind[vertex] === RootVertexKind.GOROUTINE)
        this.#vertexOf[roots.vertices.item[vertex]!] = vertex;
    }
    this.#newest = goroutines.waitSince.reduce((newest, since) => Math.max(newest, since), 0);
  }

  add(goroutine: number): void {
    const { goroutines } = this.#heap;
    const first = findEntryFunction(goroutines, goroutine);
    const entry = first === undefined ? "" : printedFunctionName(first);
    const state = goroutineState(goroutines, goroutine);
    const site = this.#siteOf(goroutine);
    const origin = goroutineOrigin(goroutines, goroutine);
    const known = this.#knownWait(goroutine, { entry, state, site, origin });
    const group: OpenGroup = {
      entry,
      origin,
      state,
      site,
      isSystem: goroutines.system[goroutine] === 1,
      known,
      members: [],
    };
    // Of those that wait at one place, some may do so for another reason.
    const key = [entry, origin, state, site.name, group.isSystem, known?.meaning].join("\n");
    const open = this.#groups.get(key) ?? group;
    open.members.push(goroutine);
    this.#groups.set(key, open);
  }

  async finish(progress: Progress): Promise<GoroutineGroups> {
    await this.#findUsers(progress);
    const groups = [...this.#groups.values()];
    const named = groups.map(({ site, members, ...group }) => {
      return { ...group, site: site.name, members: members.map((goroutine) => this.#vertexOf[goroutine]!) };
    });
    const sharing = await findSharing(this.#heap, this.#owners, named, progress);
    const found: { readonly members: readonly number[]; readonly group: GoroutineGroup }[] = [];
    let described = 0;
    for (const [i, group] of groups.entries()) {
      found.push({ members: group.members, group: { ...this.#describe(group), sharedWith: sharing[i]! } });
      described += group.members.length;
      if (described < SLICE) continue;
      described = 0;
      await breathe(progress);
    }
    found.sort((a, b) => worthOfGroup(b.group) - worthOfGroup(a.group) || b.group.count - a.group.count);
    const groupOf = new Int32Array(this.#heap.goroutines.count);
    for (const [i, { members }] of found.entries()) for (const goroutine of members) groupOf[goroutine] = i;
    const channels = new DoneChannels(this.#heap, this.#targets);
    const mayAwaitContext = Uint8Array.from(found, ({ members }) =>
      members.some((each) => this.#leaked[each] === 1 && channels.mayWait(each)) ? 1 : 0,
    );
    return { groups: found.map(({ group }) => group), groupOf, mayAwaitContext };
  }

  async #findUsers(progress: Progress): Promise<void> {
    const awaiting = [...this.#groups.values()]
      .filter(({ state }) => isAwaiting(state))
      .flatMap(({ members }) => members);
    if (awaiting.length === 0) return;
    if (this.#targets.length === 0) this.#targets = (await findWaitTargets(this.#heap, progress)).of;
    this.#users = await AwaitedUsers.find(this.#heap, this.#targets, awaiting, progress);
    for (const group of this.#groups.values()) for (const each of group.members) this.#groupOf.set(each, group);
  }

  /** Who may end the wait of a group; the same list for all groups at it. */
  #mayEndWait({ members, site }: OpenGroup): readonly AwaitedUser[] {
    const users = this.#users?.of(members, site.function);
    if (users === undefined) return [];
    let listed = this.#listed.get(users);
    if (listed === undefined) {
      listed = this.#listUsers(users);
      this.#listed.set(users, listed);
    }
    return listed;
  }

  /** Goroutines by group, the largest first. */
  #listUsers(users: ReadonlySet<number>): readonly AwaitedUser[] {
    const counts = new Map<OpenGroup, number>();
    for (const goroutine of users) {
      const group = this.#groupOf.get(goroutine)!;
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    const rows = [...counts].map(([{ entry, state, site }, count]) => ({ entry, state, site: site.name, count }));
    rows.sort((x, y) => y.count - x.count);
    const rest = rows.splice(MOST_AWAITED_USERS).reduce((sum, { count }) => sum + count, 0);
    return rest === 0 ? rows : [...rows, { entry: "", state: "", site: "", count: rest }];
  }

  /** The innermost frame that tells for what a goroutine waits; of the runtime's own the outermost. */
  #siteOf(goroutine: number): Site {
    const { goroutines, roots } = this.#heap;
    const vertex = this.#vertexOf[goroutine]!;
    if (vertex < 0) return NO_SITE;
    const first = roots.vertices.firstChild[vertex]!;
    const after = roots.vertices.firstChild[vertex + 1]!;
    let callee = "";
    for (let frame = first; frame < after; frame++) {
      const name = frameFunctionName(goroutines, roots.vertices.item[frame]!);
      if (!HOW_IT_WAITS.test(name)) return { function: name, name: rootVertexName(this.#heap, frame), callee };
      callee = name;
    }
    return NO_SITE;
  }

  #knownWait(
    goroutine: number,
    { entry, state, site, origin }: Pick<OpenGroup, "entry" | "state" | "site" | "origin">,
  ): KnownWait | undefined {
    const { goroutines, roots } = this.#heap;
    const key = [entry, state, site.function, site.callee, origin].join("\n");
    let possible = this.#possible.get(key);
    if (possible === undefined) {
      possible = listKnownWaits(entry, state, site.function, site.callee, origin);
      this.#possible.set(key, possible);
    }
    if (possible.length === 0) return undefined;
    return chooseKnown(possible, (of) => {
      const vertex = this.#vertexOf[goroutine]!;
      if (vertex < 0) return false;
      const after = roots.vertices.firstChild[vertex + 1]!;
      for (let frame = roots.vertices.firstChild[vertex]!; frame < after; frame++) {
        if (of.test(frameFunctionName(goroutines, roots.vertices.item[frame]!))) return true;
      }
      return false;
    });
  }

  #describe(group: OpenGroup): Omit<GoroutineGroup, "sharedWith"> {
    const { entry, origin, state, site, isSystem, known, members } = group;
    const { objects, goroutines } = this.#heap;
    const contents = new GroupContents(this.#heap, this.#owned, this.#children, this.#queues);
    const frames = new GroupFrames(this.#heap.goroutines);
    let stackBytes = 0;
    let usedStackBytes = 0;
    let areStacksKnown = true;
    let ownedBytes = 0;
    let leaked = 0;
    let waitForNothing = 0;
    let leakedOwnedBytes = 0;
    let leakedStackBytes = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const goroutine of members) {
      const isLeaked = this.#leaked[goroutine]!;
      leaked += isLeaked;
      if (isLeaked === 1 && this.#targets[goroutine]?.length === 0) waitForNothing++;
      const since = goroutines.waitSince[goroutine]!;
      if (since > 0) oldest = Math.min(oldest, since);
      frames.add(goroutine);
      const stack = this.#stacks.of(goroutine);
      if (stack === undefined) areStacksKnown = false;
      const size = stack?.size ?? this.#stacks.framesOf(goroutine);
      stackBytes += size;
      leakedStackBytes += isLeaked * size;
      usedStackBytes += stack?.used ?? this.#stacks.framesOf(goroutine);
      const vertex = this.#vertexOf[goroutine]!;
      if (vertex < 0) continue;
      const owned = this.#owned[objects.count + vertex]!;
      ownedBytes += owned;
      leakedOwnedBytes += isLeaked * owned;
      contents.add(vertex);
    }
    const { largest } = contents;
    return {
      entry,
      origin,
      state,
      site: site.name,
      count: members.length,
      isSystem,
      leaked,
      waitForNothing,
      leakedOwnedBytes,
      leakedStackBytes,
      longestWait: Number.isFinite(oldest) ? this.#newest - oldest : null,
      stackBytes,
      areStacksKnown,
      usedStackBytes,
      largestFrames: frames.largest(),
      ownedBytes,
      runtimeBytes: contents.runtimeBytes,
      parts: contents.parts(),
      address: largest === NO_OBJECT ? null : this.#heap.formatAddress(objects.address[largest]!),
      locals: contents.locals(),
      meaning: known?.meaning ?? null,
      advice: known?.advice ?? null,
      mayEndWait: isAwaiting(state) ? this.#mayEndWait(group) : [],
      ids: members.slice(0, MOST_IDS).map((goroutine) => goroutines.id[goroutine]!),
    };
  }
}
