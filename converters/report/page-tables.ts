/** The tables of the page: types, goroutine groups, holders, findings. Texts are escaped and cut here. */
import {
  type Answer,
  type Finding,
  formatBytes,
  formatCount,
  formatNumber,
  type GoroutineGroup,
  type Holder,
  markGuessed,
  type Report,
  RULES,
  sayOrigin,
  showName,
  showText,
} from "../../src/index.ts";
import type { Cell, TableColumn, TableData } from "./page-data.ts";

const BYTES: TableColumn = { title: "Bytes", format: "bytes" };
const OWNS: TableColumn = { title: "Owns", format: "bytes", hint: "what they own together, themselves included" };
const SHARE: TableColumn = { title: "Share", format: "share", hint: "of the live bytes" };
const COUNT: TableColumn = { title: "Count", format: "count" };

/** Where things of the report are in the picture. */
export interface NodeFinder {
  readonly ofHolder: (holder: Holder) => number;
  readonly ofGroup: (group: GoroutineGroup) => number;
  readonly ofFinding: (finding: Finding) => number;
  readonly ofAnswer: (answer: Answer) => number;
}

export function listHolders({ holders }: Report, find: NodeFinder): TableData {
  const cells = ({ path, type, owner, parts, bytes, share }: Holder): Cell[] => [
    showName(path, 160),
    showName(type, 160),
    showName(owner.name, 160),
    parts.length === 0 ? "" : showName(`${formatCount(parts[0]!.count)} × ${parts[0]!.type}`, 120),
    bytes,
    share,
  ];
  return {
    id: "holders",
    title: "Holders",
    about: "What owns a tenth of the live heap or more, where it accumulates.",
    columns: [
      { title: "Thing", format: "name" },
      { title: "Type", format: "name" },
      { title: "Owner", format: "name" },
      { title: "Mostly", format: "name", hint: "what most of it is" },
      { title: "Owns", format: "bytes" },
      SHARE,
    ],
    rows: holders.map(cells),
    nodes: holders.map(find.ofHolder),
    left: 0,
  };
}

export function listFindings({ findings }: Report, find: NodeFinder): TableData {
  const cells = ({ kind, holder, bytes, share, isLive, problem, advice, count, good, guessed }: Finding): Cell[] => [
    showName(holder, 160),
    RULES[kind].title,
    showText(problem, 300),
    advice,
    count,
    good,
    guessed,
    bytes,
    isLive ? share : -1,
  ];
  return {
    id: "findings",
    title: "Findings",
    about: "What is wasted or wrong, one row for each field, variable, type or group of goroutines.",
    columns: [
      { title: "Where", format: "name" },
      { title: "What", format: "text" },
      { title: "Problem", format: "text" },
      { title: "Advice", format: "text" },
      { title: "Cases", format: "count" },
      { title: "Good", format: "count", hint: "instances of the same that are all right" },
      { title: "Guessed", format: "share", hint: "how much of it leans on types that were guessed" },
      { title: "Bytes", format: "bytes", hint: "what could be had back" },
      { title: "Share", format: "share", hint: "of the live bytes; stacks and other memory beside them have none" },
    ],
    rows: findings.map(cells),
    nodes: findings.map(find.ofFinding),
    left: 0,
  };
}

export function listGoroutines({ goroutines: { groups, count, system }, totals }: Report, find: NodeFinder): TableData {
  const cells = (group: GoroutineGroup): Cell[] => [
    showName(group.entry === "" ? "(unknown)" : group.entry, 160),
    showText(group.state, 60),
    showName(group.site, 160),
    group.count,
    group.leaked,
    group.longestWait === null ? -1 : group.longestWait / 1e6,
    group.stackBytes,
    group.ownedBytes,
    totals.live.bytes === 0 ? 0 : group.ownedBytes / totals.live.bytes,
    showName(sayOrigin(group.entry, group.origin), 160),
    sayLocal(group),
  ];
  return {
    id: "goroutines",
    title: "Goroutines",
    about: `${formatNumber(count, "goroutine")}, ${formatCount(system)} of them the runtime's: those that were started for one function and wait at one place are one row.`,
    columns: [
      { title: "Started for", format: "name" },
      { title: "State", format: "text" },
      { title: "Waits at", format: "name" },
      COUNT,
      {
        title: "Leaked",
        format: "count",
        hint: "proved: what they wait for is reachable only from goroutines that wait likewise",
      },
      { title: "Longest wait", format: "duration", hint: "up to the newest wait in the dump" },
      { title: "Stacks", format: "bytes" },
      { title: "Owns", format: "bytes" },
      SHARE,
      { title: "Started by", format: "name" },
      { title: "Most in", format: "name", hint: "the local variable that holds most of what they own" },
    ],
    rows: groups.map(cells),
    nodes: groups.map(find.ofGroup),
    left: 0,
  };
}

/** "ev main.Event, 6.25 KiB"; "" if no local variable with a name holds any. */
function sayLocal({ locals }: GoroutineGroup): string {
  const local = locals.find(({ name }) => !name.startsWith("sp+"));
  return local === undefined ? "" : showName(`${local.name} ${local.type}, ${formatBytes(local.bytes)}`, 160);
}

export function listTypes({ types, totals }: Report): TableData {
  return {
    id: "types",
    title: "Types",
    about: "The types whose objects take most, and those whose objects own most.",
    columns: [
      { title: "Type", format: "name" },
      COUNT,
      BYTES,
      SHARE,
      OWNS,
      { title: "Guessed", format: "count", hint: "objects whose type is inferred from shape and contents" },
      {
        title: "Most of them in",
        format: "name",
        hint: "the field or variable that has most; known of the ten largest types",
      },
    ],
    rows: types.map(({ name, count, bytes, ownedBytes, inferred, places }) => [
      showName(name, 160),
      count,
      bytes,
      totals.live.bytes === 0 ? 0 : bytes / totals.live.bytes,
      ownedBytes,
      inferred,
      places.length === 0
        ? ""
        : showName(
            `${places[0]!.name}${markGuessed(places[0]!.guessed, places[0]!.count)}, ${formatBytes(places[0]!.bytes)}`,
            160,
          ),
    ]),
    nodes: types.map(() => -1),
    left: 0,
  };
}
