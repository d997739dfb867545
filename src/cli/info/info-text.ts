/** `gohd info` for people: the report as text of a terminal's width. */
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import type { ExecutableReport } from "../input/executable-input.ts";
import { createStyle, type Style } from "../terminal/style.ts";
import { loadTables } from "../terminal/table.ts";
import { describeWarnings } from "../terminal/warning-log.ts";
import { renderBullets, WIDTH_WITHOUT_TERMINAL } from "../terminal/wrap.ts";
import { finalizerRows } from "./info-finalizers.ts";
import type { HolderLine } from "./info-holders.ts";
import { globalRows, ledgerRows } from "./info-ledger.ts";
import type { InfoReport, TopType } from "./info-report.ts";
import { sumTypeSources } from "./type-sources.ts";

/** Rows for goroutines; what does not fit is summed up. */
const MOST_GOROUTINE_ROWS = 20;
const MOST_HOLDERS = 5;

export interface NextCommand {
  readonly title: string;
  readonly command: string;
}

/** How the text is to look. */
export interface TextOptions {
  /** Columns of a line; undefined if no terminal tells: names and values are whole then, and sentences as long as in a file. */
  readonly width?: number | undefined;
  readonly style?: Style;
  /** Commands that say more, each with what it tells; escaped. */
  readonly next?: readonly NextCommand[] | undefined;
}

/** Renders the report; it ends with a line break. Loads cli-table3. */
export async function renderReport(report: InfoReport, options: TextOptions = {}): Promise<string> {
  const { width, style = createStyle(false) } = options;
  const render = await loadTables();
  const table = (rows: readonly (readonly string[])[], numbers: readonly number[] = []): string =>
    render(rows, { numbers, width });
  const names = (rows: readonly (readonly string[])[], numbers: readonly number[]): string =>
    render(rows, { numbers, width, last: "name" });
  const bullets = (sentences: readonly string[]): string => renderBullets(sentences, width ?? WIDTH_WITHOUT_TERMINAL);
  const legend = legendRows(report);
  const sections: (readonly [title: string, body: string])[] = [
    ["Dump", table(dumpRows(report))],
    ...(report.executable
      ? [["Executable", table(executableRows(report.executable, report.roots.named))] as const]
      : []),
    ["Objects", table(objectRows(report), [1, 2, 3])],
    ...(report.ledger
      ? [
          ["Memory of the Go runtime", table(ledgerRows(report.ledger), [1, 2])] as const,
          ["Global variables, those with pointers to objects", names(globalRows(report.ledger), [1])] as const,
        ]
      : []),
    ...(report.holders === null || report.holders.length === 0
      ? []
      : [["Holders of a tenth of the live bytes or more", names(holderRows(report.holders), [0, 1])] as const]),
    ["Pointers in objects", table(pointerRows(report), [1, 2])],
    [`GC roots: ${formatNumber(report.roots.count, "reference")}`, table(rootRows(report), [1])],
    [goroutineTitle(report), names(goroutineRows(report), [0])],
    ...(report.finalizers.length > 0
      ? [["Finalizers", table(finalizerRows(report.finalizers, report.moreFinalizers), [0])] as const]
      : []),
    ["Memory statistics", report.memStats ? table(memStatsRows(report.memStats)) : "  none: the dump ends before them"],
    [typeTitle(report), names(typeRows(report), [0, 1, 2])],
    ...(legend.length > 0 ? [["How to read these names", table(legend)] as const] : []),
    ["How the types are known", table(typeSourceRows(report), [1, 2, 3, 4])],
    ["This dump cannot show", bullets(report.cannotShow)],
  ];
  const warnings = describeWarnings(report.warnings);
  if (warnings.length > 0) sections.push([style.yellow("Warnings"), bullets(warnings)]);
  for (const { title, command } of options.next ?? []) sections.push([title, `  ${command}`]);
  return sections.map(([title, body]) => `${style.bold(title)}\n${body}\n`).join("\n");
}

/** "" where there is nothing that it could be a share of. */
function shareOf(part: number, whole: number): string {
  return whole > 0 ? formatShare(part, whole) : "";
}

function holderRows(holders: readonly HolderLine[]): string[][] {
  return holders
    .slice(0, MOST_HOLDERS)
    .map(({ path, type, bytes, share }) => [
      formatBytes(bytes),
      formatShare(share, 1),
      type === "" || type === path ? path : `${path}: ${type}`,
    ]);
}

function dumpRows({ dump }: InfoReport): string[][] {
  const experiments = dump.experiments.length === 0 ? "" : `, experiments: ${dump.experiments.join(", ")}`;
  const rows = [
    ["name", dump.name],
    ["size", `${formatBytes(dump.size)}, ${dump.complete ? "complete" : "TRUNCATED: its end is missing"}`],
    ["Go version", `${dump.goVersion} (${dump.goVersionFrom})${experiments}`],
    ["architecture", `${dump.arch}, ${dump.pointerSize}-byte pointers, ${dump.byteOrder}-endian`],
    ["CPUs", String(dump.cpuCount)],
  ];
  if (dump.compiler !== "gc") rows.push(["compiler", dump.compiler]);
  if (dump.trailingBytes > 0) rows.push(["after its end", `${formatNumber(dump.trailingBytes, "byte")} more`]);
  return rows;
}

const VERDICT_TEXTS: Readonly<Record<ExecutableReport["verdict"], string>> = {
  exact: "exact: everything in the dump agrees with it",
  sibling: "not the very same file; see the warnings",
  unchecked: "could not be checked: the dump ends before its globals; see the warnings",
  forced: "DOES NOT MATCH, used because of --force-exe; see the warnings",
};

function executableRows(
  { name, goVersion, verdict, names }: ExecutableReport,
  named: InfoReport["roots"]["named"],
): string[][] {
  const rows = [
    ["name", name],
    ["Go version", goVersion ?? "not told by the file"],
    ["match", VERDICT_TEXTS[verdict]],
    ["variables", names.explanation],
  ];
  if (named === null || names.source === "none") return rows;
  const { globals, frames } = named;
  if (globals.count > 0) {
    rows.push(["", `${formatShare(globals.named, globals.count)} of the pointers in globals are in a named variable`]);
  }
  if (names.source === "debug information" && frames.count > 0) {
    rows.push(["", `${formatShare(frames.named, frames.count)} of the live words of frames are a named variable's`]);
  }
  return rows;
}

function objectRows({ objects }: InfoReport): string[][] {
  const { total, live, unreachable, phantom } = objects;
  const row = (name: string, { count, bytes }: typeof total): string[] => [
    name,
    formatCount(count),
    formatBytes(bytes),
    shareOf(bytes, total.bytes),
  ];
  const rows = [row("live (a GC root leads to it)", live), row("unreachable", unreachable), row("all", total)];
  if (phantom.count > 0) {
    rows.push([
      "no objects: the allocator's own, left out",
      formatCount(phantom.count),
      formatBytes(phantom.bytes),
      "",
    ]);
  }
  if (objects.overlapping > 0)
    rows.push(["repeated or overlapping, left out", formatCount(objects.overlapping), "", ""]);
  if (objects.withFinalizer > 0) rows.push(["with a finalizer", formatCount(objects.withFinalizer), "", ""]);
  return rows;
}

function pointerRows({ pointers }: InfoReport): string[][] {
  const row = (name: string, count: number): string[] => [name, formatCount(count), shareOf(count, pointers.slots)];
  const rows = [
    row("nil", pointers.nil),
    row(`to objects (${formatCount(pointers.interior)} into their middle)`, pointers.toObjects),
    row("to globals", pointers.toGlobals),
    row("to stacks", pointers.toStacks),
    row("to none of these", pointers.elsewhere),
  ];
  if (pointers.missing > 0) rows.push(row("not written by the runtime", pointers.missing));
  return rows;
}

function rootRows({ roots }: InfoReport): string[][] {
  return roots.byKind.map(({ kind, count }) => [kind, formatCount(count)]);
}

function goroutineTitle({ goroutines }: InfoReport): string {
  const { count, system, frames } = goroutines;
  return `Goroutines: ${formatCount(count)}, ${formatCount(system)} of them the runtime's, with ${formatNumber(frames, "frame")}`;
}

function goroutineRows({ goroutines }: InfoReport): string[][] {
  const { byFunction, more: leftOut } = goroutines;
  const rows = byFunction
    .slice(0, MOST_GOROUTINE_ROWS)
    .map(({ status, state, count, system, function: name }) => [
      formatCount(count),
      state === status ? state : `${status}: ${state}`,
      `${name ?? "no frames"}${system > 0 && system < count ? `, ${formatCount(system)} of them the runtime's` : ""}`,
    ]);
  const more = byFunction.slice(MOST_GOROUTINE_ROWS);
  if (more.length > 0) {
    const count = more.reduce((sum, row) => sum + row.count, leftOut.byFunction.count);
    rows.push([formatCount(count), "others", `of ${formatNumber(more.length + leftOut.byFunction.rows, "kind")}`]);
  }
  return rows;
}

function memStatsRows(stats: NonNullable<InfoReport["memStats"]>): string[][] {
  const collections =
    stats.numGC === 0
      ? "none so far"
      : `${formatCount(stats.numGC)}, the last one ${stats.lastGC ?? "at an unknown time"}`;
  return [
    ["HeapAlloc", formatBytes(stats.heapAlloc), "objects, live or not yet swept"],
    ["HeapInuse", formatBytes(stats.heapInuse), "spans that hold objects"],
    ["HeapIdle", formatBytes(stats.heapIdle), `of which ${formatBytes(stats.heapReleased)} are released to the system`],
    ["StackInuse", formatBytes(stats.stackInuse), "goroutine stacks"],
    ["Sys", formatBytes(stats.sys), "all that was taken from the system"],
    ["NextGC", formatBytes(stats.nextGC), "heap size at which the next collection begins"],
    ["NumGC", collections, ""],
  ];
}

function typeTitle({ types }: InfoReport): string {
  return `Types and shapes by bytes: the first ${types.top.length} of ${formatCount(types.count)}`;
}

function typeRows({ types, objects }: InfoReport): string[][] {
  return types.top.map((type) => [
    formatBytes(type.bytes),
    formatShare(type.bytes, objects.total.bytes),
    formatCount(type.count),
    describeType(type),
  ]);
}

function describeType({ listedName, count, inferred }: TopType): string {
  if (inferred === 0) return listedName;
  return `${listedName}, ${inferred === count ? "guessed" : `${formatCount(inferred)} of them guessed`}`;
}

/** What the names in the table mean that are no Go types; each form only if it is there. */
function legendRows({ types }: InfoReport): string[][] {
  const names = types.top.map(({ name }) => name);
  return NAME_FORMS.filter(([form]) => names.some((name) => form.test(name))).map(([, ...row]) => row);
}

const NAME_FORMS: readonly (readonly [form: RegExp, example: string, meaning: string])[] = [
  [/^noscan\//, "noscan/16", "a slot of 16 bytes, without pointers"],
  [/^obj\/\d+\{[.pie(]/, "obj/32{p...}", "a slot of 32 bytes: a letter for each word, p for a pointer; (p.)×2 is p.p."],
  [/^obj\/\d+\{\d/, "obj/896{97 pointers #…}", "the same; where the pointers are, as a checksum"],
  [
    / of type@/,
    "obj/640 of type@0x…",
    "a slot of 640 bytes, holding a type, or several, whose descriptor has that address",
  ],
  [/^\(tiny block\)$/, "(tiny block)", "a slot of 16 bytes that several small values without pointers share"],
  [/\bmap\.(group|bucket)\[/, "map.group[K]V", "a few entries of a map[K]V; map.bucket[K]V until Go 1.23"],
  [/\.#\d+$/, "fmt.#3", "a type of package fmt whose name is not in the dump"],
];

const SOURCE_TEXTS: Readonly<Record<string, string>> = {
  none: "not known: size and pointer layout only",
  exact: "the runtime says so",
  propagated: "from the types of what refers to them",
  inferred: "guessed from shape and contents",
};

function typeSourceRows({ types, objects: { total } }: InfoReport): string[][] {
  const row = (text: string, count: number, bytes: number): string[] => [
    text,
    formatCount(count),
    shareOf(count, total.count),
    formatBytes(bytes),
    shareOf(bytes, total.bytes),
  ];
  const rows = types.bySource
    .filter(({ count }) => count > 0)
    .map(({ source, count, bytes }) => row(SOURCE_TEXTS[source] ?? source, count, bytes));
  const { known } = sumTypeSources(types.bySource);
  return [...rows, row("all that are known", known.count, known.bytes)];
}
