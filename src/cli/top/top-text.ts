/** `gohd top` for people: a table of the terminal's width, and what its figures mean. Names come escaped and cut. */
import { NO_SITE_NAME } from "../../analysis/sites/object-sites.ts";
import type { Top, TopRow } from "../../findings/top/top.ts";
import type { TopKind, TopOrder } from "../../findings/top/top-kinds.ts";
import { formatBytes, formatCount, formatNumber, formatShare } from "../../quantities.ts";
import type { Style } from "../terminal/style.ts";
import { loadTables } from "../terminal/table.ts";
import { WIDTH_WITHOUT_TERMINAL, wrapWords } from "../terminal/wrap.ts";

export interface TopLayout {
  /** Columns of a line; undefined if no terminal tells: names are whole then, and sentences as long as in a file. */
  readonly width: number | undefined;
  readonly style: Style;
  /** What names had to match, as it was typed. */
  readonly filter: string | undefined;
}

const NOUNS: Readonly<Record<TopKind, readonly [one: string, many: string]>> = {
  type: ["type", "types"],
  package: ["package", "packages"],
  site: ["allocation site", "allocation sites"],
  goroutine: ["function of goroutines", "functions of goroutines"],
  root: ["root", "roots"],
};

const ORDER_TITLES: Readonly<Record<TopOrder, string>> = {
  owned: "by what they own",
  shallow: "by what they take themselves",
  both: "by what they take and own",
  count: "by number",
  name: "by name",
};

/** What the columns are called: the bytes of the things themselves, how many they are, what they are. */
const HEADS: Readonly<Record<TopKind, readonly [shallow: string, count: string, name: string]>> = {
  type: ["shallow", "objects", "type"],
  package: ["shallow", "objects", "package"],
  site: ["shallow", "objects", "site"],
  goroutine: ["stack", "goroutines", "function"],
  root: ["size", "roots", "root"],
};

const OVERLAP =
  "Owned is what the objects of a row own together, each byte once. Rows overlap: what one owns may be in another.";
const NO_OVERLAP = "Every live object has one owner among the roots: what all roots own adds up to the live bytes.";
const NOTES: Readonly<Record<TopKind, string>> = {
  type: OVERLAP,
  package: OVERLAP,
  site: `${OVERLAP} Objects that were not sampled are a site's by their type and size.`,
  goroutine: "A goroutine owns what no package variable leads to, and no older goroutine. Stacks are beside that.",
  root: NO_OVERLAP,
};

/** Renders the table; ends with a line break. Loads cli-table3. */
export async function renderTop(top: Top, { width, style, filter }: TopLayout): Promise<string> {
  const { by, rows, matchCount, dump, live } = top;
  const render = await loadTables();
  const head = `${dump.name}: ${formatBytes(live.bytes)} live in ${formatNumber(live.count, "object")}; ${dump.goVersion}, ${dump.arch}`;
  const lines = [...wrapWords(head, width), "", ...wrapWords(describeRows(top, filter), width).map(style.bold)];
  if (rows.length > 0) {
    const columns = chooseColumns(by, width);
    const cells = rows.map((row) => columns.map(({ cell }) => cell(row, live.bytes)));
    // All but the names are numbers.
    const numbers = columns.slice(1).map((_, column) => column);
    const table = render([columns.map(({ head }) => head), ...cells], { numbers, width, last: "name" });
    const [first, ...rest] = table.split("\n");
    lines.push(style.dim(first!), ...rest, "");
  }
  if (matchCount > rows.length)
    lines.push(`${formatNumber(matchCount - rows.length, "more row")}: --limit 0 shows all`);
  const isUnsampled = by === "site" && rows.some(({ name }) => name === NO_SITE_NAME);
  const notes = [
    NOTES[by],
    ...(isUnsampled ? [UNSAMPLED] : []),
    "Shares are of the live bytes.",
    ...(dump.isTyped ? [] : [UNTYPED]),
  ].join(" ");
  return `${[...lines, ...wrapWords(notes, width ?? WIDTH_WITHOUT_TERMINAL)].join("\n")}\n`;
}

const UNSAMPLED =
  `Nothing tells where what is in "${NO_SITE_NAME}" was allocated: by default the runtime samples one allocation in 512 KiB, ` +
  'and none in programs that never read the profile (import net/http/pprof, or call pprof.Lookup("heap")). ' +
  "A smaller runtime.MemProfileRate, set when the program starts, samples more.";
const UNTYPED = "Without --exe types are called after size and pointer layout, and variables have no names.";

/** "8 of 41 types that match /Session/, by what they own". */
function describeRows({ by, sort, rows, matchCount }: Top, filter: string | undefined): string {
  const shown = rows.length === matchCount ? "" : `${formatCount(rows.length)} of `;
  const which = filter === undefined ? "" : ` that match /${filter}/`;
  const order = by === "goroutine" && sort === "both" ? "by their stacks and what they own" : ORDER_TITLES[sort];
  return `${shown}${formatNumber(matchCount, ...NOUNS[by])}${which}, ${order}`;
}

interface Column {
  readonly head: string;
  cell(row: TopRow, liveBytes: number): string;
}

/** Where lines are shorter, names need the room of a share. */
const LEAST_FOR_SHARES = 100;

function chooseColumns(by: TopKind, width = Number.POSITIVE_INFINITY): readonly Column[] {
  const [shallow, count, name] = HEADS[by];
  const isHeap = by !== "goroutine" && by !== "root";
  const shares: Column[] = [{ head: "", cell: (row, live) => formatShare(row.shallowBytes, live) }];
  const sampled: Column[] = [{ head: "sampled", cell: (row) => formatCount(row.sampled ?? 0) }];
  return [
    { head: "owned", cell: ({ ownedBytes }) => formatBytes(ownedBytes) },
    { head: "", cell: (row, live) => formatShare(row.ownedBytes, live) },
    { head: shallow, cell: ({ shallowBytes }) => formatBytes(shallowBytes) },
    ...(isHeap && width >= LEAST_FOR_SHARES ? shares : []),
    { head: count, cell: (row) => formatCount(row.count) },
    ...(by === "site" ? sampled : []),
    { head: name, cell: describeName },
  ];
}

/** The name, and of how many of a row something else is true. */
function describeName({ name, count, guessed = 0, sampled, system = 0 }: TopRow): string {
  const part = (some: number): string => (some === count ? "" : `${formatCount(some)} of them `);
  if (sampled !== undefined) return name;
  if (guessed > 0) return `${name}, ${part(guessed)}guessed`;
  return system > 0 ? `${name}, ${part(system)}the runtime's` : name;
}
