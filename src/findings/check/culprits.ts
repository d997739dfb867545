/**
 * Culprits: who holds what a broken budget is about, in a few rows. None has keys of maps: they are contents of the process's memory,
 * and what a build prints is read by many.
 */
import { buildPathTree, type PathNode } from "../../analysis/paths/path-tree.ts";
import { computeShortestPaths } from "../../analysis/references/shortest-paths.ts";
import type { Heap } from "../../heap/heap.ts";
import { joinVariable } from "../../heap/roots/root-names.ts";
import type { Progress } from "../../progress.ts";
import { computeContainers } from "../../values/values.ts";
import { computeGoroutineGroups, type GoroutineGroup } from "../goroutines/groups.ts";
import type { Holder } from "../holders/holder.ts";
import { computeLargestHolders } from "../holders/largest-holders.ts";
import { computeFindings } from "../inspect.ts";
import { listGarbage } from "../report/top-types.ts";
import { listLargestOwners } from "../report/totals.ts";
import { RULES } from "../rules.ts";
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
  /** Null where only numbers matter. */
  readonly bytes: number | null;
}

/** Rows that a budget has at most. */
const MOST = 5;

/** Tells who holds what a measure is of, what is most first. Costs shortest paths for things, the report's parts for others. */
export async function findCulprits(
  heap: Heap,
  { name, of }: Measure,
  thing: Thing | undefined,
  progress: Progress,
): Promise<readonly Culprit[]> {
  switch (name) {
    case "live":
    case "objects": {
      const holders = await listHolders(heap, () => true, progress);
      return holders.length > 0 ? holders : listOwners(heap, progress);
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
      return thing.roots.length > 0
        ? listHolders(heap, ({ ownerVertex }) => thing.roots.includes(ownerVertex), progress)
        : listPaths(heap, thing, name === "count" ? "count" : "bytes", progress);
  }
}

async function listHolders(
  heap: Heap,
  isMeant: (holder: Holder) => boolean,
  progress: Progress,
): Promise<readonly Culprit[]> {
  const { holders } = await computeLargestHolders(heap, progress);
  const meant = holders.filter(isMeant).slice(0, MOST);
  return meant.map(({ pathWithoutKeys, type, owner, where, bytes }): Culprit => {
    const parts = [type === pathWithoutKeys ? "" : type, owner.kind === "variable" ? "" : `in ${owner.name}`, where];
    const told = parts.filter((part) => part !== "" && part !== `in ${pathWithoutKeys}` && part !== owner.name);
    return { kind: "holder", name: pathWithoutKeys, detail: told.join(", "), count: null, bytes };
  });
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
    .map(({ kind, holder, problem, count, bytes }) => ({
      kind: "finding",
      name: holder,
      detail: `${RULES[kind].title}: ${problem}`,
      count,
      bytes,
    }));
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
    .map((group) => {
      const { entry, state, site, origin, ownedBytes } = group;
      const parts = [site === "" ? "" : `at ${site}`, origin === "" ? "" : `started by ${origin}`];
      return {
        kind: "goroutines",
        name: `${entry} [${state}]`,
        detail: parts.filter((part) => part !== "").join(", "),
        count: countOf(group),
        bytes: ownedBytes,
      };
    });
}

/** The shortest ways to the objects, alike ones once. */
async function listPaths(
  heap: Heap,
  { objects }: Thing,
  by: "count" | "bytes",
  progress: Progress,
): Promise<readonly Culprit[]> {
  const container = heap.types.layouts === undefined ? undefined : await computeContainers(heap, progress);
  const tree = buildPathTree(heap, await computeShortestPaths(heap, progress), objects, container);
  const rows: Culprit[] = [];
  const pending = tree.map((node) => ({ node, path: node.name, where: node.where, bytes: node.bytes }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, path, where } = next;
    if (node.own > 0) {
      const type = heap.types.names[node.type]!;
      const bytes = node.bytes - sumBytes(node.children);
      const detail = where === "" ? type : `${type}, in ${where}`;
      rows.push({ kind: "path", name: path === "" ? type : path, detail, count: node.own, bytes });
    }
    for (const child of node.children) {
      pending.push({ node: child, path: joinVariable(path, child.name), where, bytes: child.bytes });
    }
  }
  rows.sort((a, b) => b[by]! - a[by]! || (a.name < b.name ? -1 : 1));
  return rows.slice(0, MOST);
}

function sumBytes(nodes: readonly PathNode[]): number {
  return nodes.reduce((sum, { bytes }) => sum + bytes, 0);
}
