/** The table `findings`: what inspections say is wasted, the worst first. */
import type { Finding } from "../../../src/index.ts";
import { type Column, rowNumberColumn } from "./column.ts";
import type { Table } from "./table.ts";
import type { Need, TableSource } from "./table-source.ts";
import { booleanColumn, doubleColumn, numberColumn, textColumn } from "./value-columns.ts";

const FINDINGS: readonly Need[] = ["findings"];

/** What is picked of each finding. */
function of<T>(pick: (finding: Finding) => T): (source: TableSource) => (row: number) => T {
  return (source) => {
    const findings = source.get("findings");
    return (row) => pick(findings[row]!);
  };
}

function text(name: string, pick: (finding: Finding) => string): Column {
  return textColumn(name, of(pick), FINDINGS);
}

function number(name: string, type: "INTEGER" | "BIGINT", pick: (finding: Finding) => number | undefined): Column {
  return numberColumn(name, type, of(pick), FINDINGS);
}

export const findingsTable: Table = {
  name: "findings",
  needs: FINDINGS,
  rowCount: (source) => source.get("findings").length,
  columns: [
    rowNumberColumn("id"),
    text("kind", ({ kind }) => kind),
    text("holder", ({ holder }) => holder),
    text("holder_kind", ({ holderKind }) => holderKind),
    number("bytes", "BIGINT", ({ bytes }) => Math.round(bytes)),
    doubleColumn(
      "share",
      of(({ share }) => share),
      FINDINGS,
    ),
    booleanColumn(
      "live",
      of(({ isLive }) => isLive),
      FINDINGS,
    ),
    number("count", "BIGINT", ({ count }) => count),
    number("good", "BIGINT", ({ good }) => good),
    text("problem", ({ problem }) => problem),
    text("advice", ({ advice }) => advice),
    text("evidence", ({ evidence }) => JSON.stringify(evidence)),
    number("object_id", "INTEGER", ({ objects }) => objects[0]),
    doubleColumn(
      "guessed",
      of(({ guessed }) => guessed),
      FINDINGS,
    ),
    text("fingerprint", ({ fingerprint }) => fingerprint),
  ],
};
