/**
 * `--to markdown`: the report for pull requests, issues and chats: the sentences as on a terminal, and the first rows of each table.
 * Written for GitHub Flavored Markdown, which GitLab, Gitea and others read, too.
 *
 * What is lost: the picture, and rows beyond the first of each table, which are counted. It is kept within what a comment may have.
 */
import {
  CONVERTER_API_VERSION,
  defineConverter,
  describeCertainty,
  describeDump,
  describeProcess,
  formatBytes,
  formatCount,
  formatNumber,
  formatShare,
  listStatements,
  markdownBlock,
  markdownCode,
  markdownTable,
  markdownWords,
  markGuessed,
  type Report,
  RULES,
} from "../../src/index.ts";
import { CONTENTS, computeSent, REPORT_ANALYSES, REPORT_HOLDINGS } from "./options.ts";

const MOST_ROWS = 15;

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "markdown",
  description: "what holds the memory, for pull requests: the sentences of gohd report, and tables",
  output: { kind: "file", extension: "md", binary: false },
  // What is in a pull request is read by everybody: no addresses, and keys only for who asks.
  holds: { addresses: false, contents: REPORT_HOLDINGS.contents },
  options: { contents: CONTENTS },
  uses: () => REPORT_ANALYSES,
  async convert(heap, sink, { contents }, progress) {
    const text = writeMarkdown(await computeSent(heap, contents, progress));
    const writer = await sink.open();
    await writer.write(Buffer.from(text));
    await writer.close();
  },
});

function writeMarkdown(report: Report): string {
  return `${[
    `## What holds the memory of ${markdownCode(report.dump.name)}`,
    markdownBlock([
      describeDump(report),
      ...describeProcess(report),
      "",
      ...listAnswers(report),
      describeCertainty(report),
    ]),
    ...writeHolders(report),
    ...writeFindings(report),
    ...writeGoroutines(report),
    ...writeTypes(report),
    "<sub>A thing *keeps* what it owns: every object has one owner, the strongest root that leads to it. It is not what would be freed: " +
      "others may use the thing, too. Written by gohd.</sub>",
  ].join("\n\n")}\n`;
}

function listAnswers(report: Report): string[] {
  return listStatements(report).flatMap(({ sentence, lines, also }) => [
    sentence,
    ...[...lines, ...also.map((finding) => `also ${finding}`)].map((line) => `  ${line}`),
    "",
  ]);
}

/** Keys of maps are in the paths, if there are any. */
function writeHolders({ holders }: Report): string[] {
  if (holders.length === 0) return [];
  const columns = [
    { title: "Thing" },
    { title: "Type" },
    { title: "Owner" },
    { title: "Largest in it" },
    { title: "Owns", isNumber: true },
    { title: "Share", isNumber: true },
  ];
  const rows = holders.map(({ path, type, owner, largest: [first], bytes, share }) => [
    markdownCode(path),
    markdownCode(type),
    markdownCode(owner.name),
    first === undefined ? "" : `${markdownCode(first.path)}, ${formatBytes(first.bytes)}`,
    formatBytes(bytes),
    formatShare(share, 1),
  ]);
  return [`### ${formatNumber(holders.length, "holder")}`, ...cut(columns, rows)];
}

function writeFindings({ findings }: Report): string[] {
  if (findings.length === 0) return [];
  const columns = [
    { title: "Where" },
    { title: "Problem" },
    { title: "Advice" },
    { title: "Bytes", isNumber: true },
    { title: "Share", isNumber: true },
  ];
  const rows = findings.map(({ kind, holder, problem, advice, bytes, share, isLive }) => [
    markdownCode(holder),
    markdownWords(`${RULES[kind].title}: ${problem}`),
    markdownWords(advice),
    formatBytes(bytes),
    isLive ? formatShare(share, 1) : "",
  ]);
  return [`### ${formatNumber(findings.length, "finding")}`, ...cut(columns, rows)];
}

/** The program's own, as in the sentences; the runtime's are only counted. */
function writeGoroutines({ goroutines: { count, system, leaked, groups } }: Report): string[] {
  const own = groups.filter(({ isSystem }) => !isSystem);
  if (own.length === 0) return [];
  const columns = [
    { title: "Started for" },
    { title: "State" },
    { title: "Waits at" },
    { title: "Count", isNumber: true },
    { title: "Leaked", isNumber: true },
    { title: "Stacks", isNumber: true },
    { title: "Owns", isNumber: true },
  ];
  const rows = own.map((group) => [
    markdownCode(group.entry),
    markdownCode(group.state),
    markdownCode(group.site),
    formatCount(group.count),
    formatCount(group.leaked),
    formatBytes(group.stackBytes),
    formatBytes(group.ownedBytes),
  ]);
  const title = `### ${formatNumber(count - system, "goroutine")}${leaked > 0 ? `, ${formatCount(leaked)} leaked` : ""}`;
  const others = system === 0 ? [] : [`Beside them ${formatNumber(system, "goroutine")} of the runtime.`];
  return [title, ...cut(columns, rows), ...others];
}

function writeTypes({ types, totals }: Report): string[] {
  if (types.length === 0) return [];
  const columns = [
    { title: "Type" },
    { title: "Count", isNumber: true },
    { title: "Bytes", isNumber: true },
    { title: "Share", isNumber: true },
    { title: "Owns", isNumber: true },
    { title: "Most of them in" },
  ];
  const rows = types.map(({ name, count, bytes, ownedBytes, places }) => [
    markdownCode(name),
    formatCount(count),
    formatBytes(bytes),
    formatShare(bytes, totals.live.bytes),
    formatBytes(ownedBytes),
    places.length === 0
      ? ""
      : `${markdownCode(places[0]!.name)}${markGuessed(places[0]!.guessed, places[0]!.count)}, ${formatBytes(places[0]!.bytes)}`,
  ]);
  return ["### Types", ...cut(columns, rows)];
}

function cut(columns: Parameters<typeof markdownTable>[0], rows: readonly (readonly string[])[]): string[] {
  const left = rows.length - MOST_ROWS;
  return [markdownTable(columns, rows.slice(0, MOST_ROWS)), ...(left > 0 ? [`… ${formatCount(left)} more`] : [])];
}
