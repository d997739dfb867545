/** Reads converters/parquet/README.md: the tables that it documents, and its queries. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const TEXT = readFileSync(join(import.meta.dirname, "../../../../converters/parquet/README.md"), "utf8");

export interface DocumentedTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The tables of the section "Tables". */
export function documentedTables(): readonly DocumentedTable[] {
  const section = TEXT.slice(TEXT.indexOf("\n## Tables\n"), TEXT.indexOf("\n## Views and macros\n"));
  return section
    .split(/^### /m)
    .slice(1)
    .map((part) => ({
      name: /^`(\w+)`/.exec(part)![1]!,
      columns: [...part.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, type]) => ({ name: name!, type: type! })),
    }));
}

/** Names in the table of views and macros, without parameters. */
export function documentedMacros(): readonly string[] {
  const section = TEXT.slice(TEXT.indexOf("\n## Views and macros\n"), TEXT.indexOf("\n## Queries\n"));
  return [...section.matchAll(/^\| `(\w+)/gm)].map(([, name]) => name!);
}

/** Code blocks of the kind: "sql", "sql fleet" for the ones about many dumps, "python fleet". */
export function documentedBlocks(kind: string): readonly string[] {
  return [...TEXT.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].filter(([, of]) => of === kind).map(([, , sql]) => sql!);
}
