/** The table `findings`: what inspections say is wasted, the worst first. */
import type { Finding } from "../../../src/index.ts";
import { type Column, rowNumberColumn } from "./column.ts";
import type { Table } from "./table.ts";
import type { Need } from "./table-source.ts";
import { booleanColumn, doubleColumn, numberColumn, textColumn } from "./value-columns.ts";

const FINDINGS: readonly Need[] = ["findings"];

function text(name: string, pick: (finding: Finding) => string): Column {
  return textColumn(
    name,
    (source) => {
      const findings = source.get("findings");
      return (row) => pick(findings[row]!);
    },
    FINDINGS,
  );
}

function number(name: string, type: "INTEGER" | "BIGINT", pick: (finding: Finding) => number | undefined): Column {
  return numberColumn(
    name,
    type,
    (source) => {
      const findings = source.get("findings");
      return (row) => pick(findings[row]!);
    },
    FINDINGS,
  );
}

function double(name: string, pick: (finding: Finding) => number): Column {
  return doubleColumn(
    name,
    (source) => {
      const findings = source.get("findings");
      return (row) => pick(findings[row]!);
    },
    FINDINGS,
  );
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
    double("share", ({ share }) => share),
    booleanColumn(
      "live",
      (source) => {
        const findings = source.get("findings");
        return (row) => findings[row]!.isLive;
      },
      FINDINGS,
    ),
    number("count", "BIGINT", ({ count }) => count),
    number("good", "BIGINT", ({ good }) => good),
    text("problem", ({ problem }) => problem),
    text("advice", ({ advice }) => advice),
    text("evidence", ({ evidence }) => JSON.stringify(evidence)),
    number("object_id", "INTEGER", ({ objects }) => objects[0]),
    double("guessed", ({ guessed }) => guessed),
    text("fingerprint", ({ fingerprint }) => fingerprint),
  ],
};
