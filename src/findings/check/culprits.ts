/**
 * Culprits: who holds what a broken budget is about, in a few rows. None has keys of maps: they are contents of the process's memory,
 * and what a build prints is read by many.
 */
import { sumGroups } from "../../analysis/dominators/group-retained-size.ts";
import { computeOwnerTree, withOwnerChildren } from "../../analysis/ownership/owner-tree.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Progress } from "../../progress.ts";
import { computeOwnerPathSums } from "../aggregates/owner-path-sums.ts";
import { WHOLE_HEAP } from "../aggregates/path-tree.ts";
import type { Finding } from "../finding.ts";
import { computeGoroutineGroups, type GoroutineGroup, goroutineGroupName } from "../goroutines/groups.ts";
import { isTypeGuessed } from "../guessed.ts";
import type { Holder } from "../holders/holder.ts";
import { computeLargestHolders } from "../holders/largest-holders.ts";
import { computeFindings } from "../inspect.ts";
import { computeReport } from "../report/report.ts";
import { listGarbage } from "../report/top-types.ts";
import { listLargestOwners } from "../report/totals.ts";
import { RULES, type RuleName } from "../rules.ts";
import { stableName } from "../stable-names.ts";
import { sayOrigin } from "../started-by.ts";
import type { Measure } from "./budget.ts";
import { matchEntries, type Thing } from "./things.ts";

export interface Culprit {
  readonly kind: "path" | "holder" | "owner" | "goroutines" | "finding" | "garbage";
  /** A path, variable, function, field or type. */
  readonly name: string;
  /** What it is: its type, where it is known, what is the matter; "" if the name says all. */
  readonly detail: string;
  /** Objects of the budget that hang there, goroutines, instances; null where it is one thing. */
  readonly count: number | null;
  /** There if the type of some of these objects is guessed: of how many. */
  readonly guessed?: number;
  /** Null where only numbers matter. */
  readonly bytes: number | null;
}

/** Rows that a budget has at most. */
const MOST = 5;
/** Goroutines that the report tells of although they own less, as those that are leaked, are not why the heap is large. */
const LEAST_ANSWER_SHARE = 0.05;
/** Findings that say what keeps objects alive, where others say how much less they could take. */
const KEEPING_RULES: ReadonlySet<RuleName> = new Set([
  "pending-timers",
  "deferred-calls",
  "finalizer-cycle",
  "pending-finalizers",
  "finalizer-weight",
]);

/** Tells who holds what a measure is of, what is most first. Costs owner paths for things, the report or its parts for others. */
export async function findCulprits(
  heap: Heap,
  { name, of }: Measure,
  thing: Thing | undefined,
  progress: Progress,
): Promise<readonly Culprit[]> {
  switch (name) {
    case "live":
    case "objects": {
      const answers = await listAnswers(heap, progress);
      return answers.length > 0 ? answers : listOwners(heap, progress);
    }
    case "garbage":
      return (await listGarbage(heap, MOST, progress)).map((row) => ({ kind: "garbage", detail: "", ...row }));
    case "wasted":
      return listFindings(heap, of, progress);
    case "goroutines":
    case "leaked_goroutines":
      return listGroups(heap, of, name === "leaked_goroutines", progress);
    default:
      if (thing === undefined) return [];
      if (thing.isBesideHeap === true) return listBelow(heap, thing.roots, progress);
      return thing.roots.length > 0
        ? listHolders(heap, ({ ownerVertex }) => thing.roots.includes(ownerVertex), progress)
        : listPaths(heap, thing, name, progress);
  }
}

/** What the report says keeps the live bytes: holders, groups of goroutines, timers and finalizers. */
async function listAnswers(heap: Heap, progress: Progress): Promise<readonly Culprit[]> {
  const { answers, holders, goroutines, findings } = await computeReport(heap, progress);
  const told = answers.flatMap(({ holder, group, cause, share }): Culprit[] => {
    if (share < LEAST_ANSWER_SHARE) return [];
    if (group !== null) return [describeGroup(goroutines.groups[group]!, goroutines.groups[group]!.count)];
    if (holder !== null) return [describeHolder(holders[holder]!)];
    return KEEPING_RULES.has(findings[cause!]!.kind) ? [describeFinding(findings[cause!]!)] : [];
  });
  return told.sort((a, b) => b.bytes! - a.bytes!).slice(0, MOST);
}

async function listHolders(
  heap: Heap,
  isMeant: (holder: Holder) => boolean,
  progress: Progress,
): Promise<readonly Culprit[]> {
  const { holders } = await computeLargestHolders(heap, progress);
  return holders.filter(isMeant).slice(0, MOST).map(describeHolder);
}

function describeHolder({ pathWithoutKeys, type, owner, where, bytes }: Holder): Culprit {
  const isNameless = owner.kind === "segment" && where !== "";
  const place = isNameless ? [`in ${where}, a variable without a name`] : [`in ${owner.name}`, where];
  const parts = [type === pathWithoutKeys ? "" : type, ...(owner.kind === "variable" ? [where] : place)];
  const told = parts.filter((part) => part !== "" && part !== `in ${pathWithoutKeys}` && part !== owner.name);
  return { kind: "holder", name: pathWithoutKeys, detail: told.join(", "), count: null, bytes };
}

/** The owners with most bytes, where nothing has a good share. */
async function listOwners(heap: Heap, progress: Progress): Promise<readonly Culprit[]> {
  const rows = await listLargestOwners(heap, MOST, progress);
  return rows.map(({ name, bytes }) => ({ kind: "owner", name, detail: "", count: null, bytes }));
}

async function listFindings(heap: Heap, rule: string | null, progress: Progress): Promise<readonly Culprit[]> {
  const findings = await computeFindings(heap, progress);
  return findings
    .filter(({ kind, isLive }) => (rule === null ? isLive : kind === rule))
    .slice(0, MOST)
    .map(describeFinding);
}

function describeFinding({ kind, holder, problem, count, bytes }: Finding): Culprit {
  return { kind: "finding", name: holder, detail: `${RULES[kind].title}: ${problem}`, count, bytes };
}

async function listGroups(
  heap: Heap,
  name: string | null,
  isAboutLeaks: boolean,
  progress: Progress,
): Promise<readonly Culprit[]> {
  const { groups, groupOf } = await computeGoroutineGroups(heap, progress);
  const meant = name === null ? undefined : new Set(matchEntries(heap, name).found.map((each) => groupOf[each]!));
  const countOf = ({ count, leaked }: GoroutineGroup): number => (isAboutLeaks ? leaked : count);
  return groups
    .filter((group, row) => countOf(group) > 0 && (meant === undefined ? !group.isSystem : meant.has(row)))
    .sort((a, b) => countOf(b) - countOf(a))
    .slice(0, MOST)
    .map((group) => describeGroup(group, countOf(group)));
}

function describeGroup(group: GoroutineGroup, count: number): Culprit {
  const { entry, site, origin, ownedBytes } = group;
  const parts = [site === "" ? "" : `at ${site}`, origin === "" ? "" : `started by ${sayOrigin(entry, origin)}`];
  return {
    kind: "goroutines",
    name: goroutineGroupName(group),
    detail: parts.filter((part) => part !== "").join(", "),
    count,
    bytes: ownedBytes,
  };
}

/** What hangs right on some variables, and what that owns. */
async function listBelow(heap: Heap, roots: readonly number[], progress: Progress): Promise<readonly Culprit[]> {
  const { tree, things, ownedBytes } = await computeOwnerPathSums(heap, progress);
  const names = new Set(roots.map((vertex) => stableName(rootVertexName(heap, vertex))));
  const isMeant = (row: number): boolean => tree.parentOf(row) === WHOLE_HEAP && names.has(tree.stepOf(row).by);
  const found: Culprit[] = [];
  for (let row = WHOLE_HEAP + 1; row < tree.count; row++) {
    if (!isMeant(tree.parentOf(row))) continue;
    found.push({
      kind: "path",
      name: tree.textOf(row),
      detail: tree.typeOf(row),
      // What a sync.Map is made of is no thing.
      count: things[row]! || null,
      bytes: ownedBytes[row]!,
    });
  }
  return found.sort((a, b) => b.bytes! - a.bytes! || (a.name < b.name ? -1 : 1)).slice(0, MOST);
}

/** The owner paths that the objects end, and what they own there. */
async function listPaths(
  heap: Heap,
  { objects }: Thing,
  measure: "owned" | "shallow" | "count",
  progress: Progress,
): Promise<readonly Culprit[]> {
  const { tree, rowOf } = await computeOwnerPathSums(heap, progress);
  const rows: number[] = [];
  const groupOfRow = new Map<number, number>();
  const group = new Int32Array(heap.objects.count).fill(-1);
  const sums: { count: number; guessed: number; shallow: number }[] = [];
  for (const object of objects) {
    const row = rowOf[object]!;
    let at = groupOfRow.get(row);
    if (at === undefined) {
      at = rows.push(row) - 1;
      groupOfRow.set(row, at);
      sums.push({ count: 0, guessed: 0, shallow: 0 });
    }
    group[object] = at;
    sums[at]!.count++;
    if (isTypeGuessed(heap.objects, object)) sums[at]!.guessed++;
    sums[at]!.shallow += objectSize(heap.objects, object);
  }
  const { ownedSize } = await computeOwnerTree(heap, progress);
  const live = heap.objects.count + heap.roots.vertices.kind.indexOf(RootVertexKind.GC_ROOTS);
  const owned = await withOwnerChildren(heap, progress, (children) =>
    sumGroups(children, live, ownedSize, group, rows.length, progress),
  );
  const found = rows.map((row, at): Culprit & { readonly worth: number } => {
    const { count, guessed, shallow } = sums[at]!;
    const bytes = measure === "owned" ? owned[at]! : shallow;
    return {
      kind: "path",
      name: tree.textOf(row),
      detail: tree.typeOf(row),
      count,
      ...(guessed === 0 ? {} : { guessed }),
      bytes,
      worth: measure === "count" ? count : bytes,
    };
  });
  found.sort((a, b) => b.worth - a.worth || (a.name < b.name ? -1 : 1));
  return found.slice(0, MOST).map(({ worth: _, ...culprit }) => culprit);
}
