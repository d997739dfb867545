/** `gohd diff --markdown`: the sentences and tables for pull requests and issues, as code hosts read Markdown. */
import type { Growth } from "../../findings/growth/growth.ts";
import { describeGrowth } from "../../findings/growth/heap-sentences.ts";
import { listGrowthStatements } from "../../findings/growth/sentences.ts";
import { markdownBlock, markdownCode, markdownTable, markdownWords } from "../../markdown.ts";
import { formatNumber } from "../../quantities.ts";
import { showText } from "../../shown-text.ts";
import { makeDiffTables } from "./diff-tables.ts";

/** Renders a comparison; ends with a line break. */
export function renderGrowthMarkdown(growth: Growth): string {
  const statements = listGrowthStatements(growth).flatMap(({ sentence, lines }) => [
    sentence,
    ...lines.map((line) => `  ${line}`),
    "",
  ]);
  const names = growth.dumps.map(({ name }) => markdownCode(name)).join(" → ");
  const tables = makeDiffTables(growth).flatMap(({ title, heads, numbers, rows, more }) => {
    const columns = heads.map((head, i) => ({ title: markdownWords(head), isNumber: numbers.includes(i) }));
    const cells = rows.map((row) =>
      row.map((cell, i) => (i === row.length - 1 ? markdownCode(cell) : markdownWords(cell))),
    );
    const left = more === 0 ? [] : [`and ${formatNumber(more, "row")} more`];
    return [`### ${title}`, markdownTable(columns, cells), ...left];
  });
  const block = [...statements, ...describeGrowth(growth)].map((line) => showText(line, 1000));
  return `${[`## What grew: ${names}`, markdownBlock(block), ...tables].join("\n\n")}\n`;
}
