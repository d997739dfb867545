/**
 * The table `holders`: what holds the memory, as `gohd report` says, the largest first. Paths are without the keys of maps, which are
 * contents of the process's memory.
 */
import type { Holder } from "../../../src/index.ts";
import { type Column, rowNumberColumn } from "./column.ts";
import type { Table } from "./table.ts";
import type { Need, TableSource } from "./table-source.ts";
import { doubleColumn, numberColumn, textColumn } from "./value-columns.ts";

const HOLDERS: readonly Need[] = ["holders"];

/** What is picked of each holder. */
function of<T>(pick: (holder: Holder) => T): (source: TableSource) => (row: number) => T {
  return (source) => {
    const holders = source.get("holders");
    return (row) => pick(holders[row]!);
  };
}

function text(name: string, pick: (holder: Holder) => string): Column {
  return textColumn(
    name,
    of((holder) => pick(holder) || undefined),
    HOLDERS,
  );
}

function number(name: string, pick: (holder: Holder) => number | null | undefined): Column {
  return numberColumn(
    name,
    "BIGINT",
    of((holder) => pick(holder) ?? undefined),
    HOLDERS,
  );
}

export const holdersTable: Table = {
  name: "holders",
  needs: HOLDERS,
  rowCount: (source) => source.get("holders").length,
  columns: [
    rowNumberColumn("id"),
    text("path", ({ pathWithoutKeys }) => pathWithoutKeys),
    text("path_from", ({ where }) => where),
    text("type", ({ type }) => type),
    text("type_source", ({ typeSource }) => typeSource),
    numberColumn(
      "object_id",
      "INTEGER",
      of(({ object }) => object ?? undefined),
      HOLDERS,
    ),
    text("owner", ({ owner }) => owner.name),
    text("owner_kind", ({ owner }) => owner.kind),
    numberColumn(
      "owner_id",
      "INTEGER",
      (source) => {
        const holders = source.get("holders");
        const { count } = source.heap.objects;
        return (row) => count + holders[row]!.ownerVertex;
      },
      HOLDERS,
    ),
    number("bytes", ({ bytes }) => bytes),
    doubleColumn(
      "share",
      of(({ share }) => share),
      HOLDERS,
    ),
    number("own_bytes", ({ ownBytes }) => ownBytes),
    text("use_kind", ({ use }) => use?.kind ?? ""),
    number("entries", ({ use }) => use?.length),
    number("capacity", ({ use }) => use?.capacity),
    number("other_roots", ({ alsoUsedBy }) => alsoUsedBy.reduce((sum, { count }) => sum + count, 0)),
    number("freed_by_owner", ({ release }) => release?.byOwner),
    number("freed_by_all", ({ release }) => release?.byAll),
  ],
};
