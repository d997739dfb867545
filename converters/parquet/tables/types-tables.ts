/** The tables of types: `types`, `fields` of structs, and `itabs`, what interfaces held when the dump was written. */
import { type TypeDetails, TypeKind, type TypeReference } from "../../../src/index.ts";
import { addressColumn, arrayColumn, rowNumberColumn, unsignedColumn, valuesOf } from "./column.ts";
import { namesOf } from "./enum-names.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";
import { packageOfType } from "./type-package.ts";
import { booleanColumn, numberColumn, textColumn } from "./value-columns.ts";

export const typesTable: Table = {
  name: "types",
  rowCount: ({ heap }) => heap.types.count,
  columns: [
    rowNumberColumn("id"),
    textColumn(
      "name",
      ({ heap }) =>
        (row) =>
          heap.types.names[row],
    ),
    textColumn("package", (source) => {
      const details = source.once(allDetails);
      const { names, kind } = source.heap.types;
      return (row) =>
        details[row]?.packagePath || (kind[row] === TypeKind.NAMED ? packageOfType(names[row]!) : undefined);
    }),
    arrayColumn("kind", namesOf(TypeKind), ({ heap }) => heap.types.kind),
    textColumn("go_kind", (source) => {
      const details = source.once(allDetails);
      return (row) => details[row]?.kind || undefined;
    }),
    numberColumn("size", "BIGINT", (source) => {
      const details = source.once(allDetails);
      return (row) => details[row]?.size;
    }),
    textColumn("elem", (source) => {
      const details = source.once(allDetails);
      return (row) => details[row]?.element?.name;
    }),
    numberColumn("elem_id", "INTEGER", (source) => {
      const details = source.once(allDetails);
      return (row) => details[row]?.element?.row;
    }),
    unsignedColumn(
      "retained",
      valuesOf((source) => source.get("typeRetained")),
      ["typeRetained"],
    ),
  ],
};

export const fieldsTable: Table = {
  name: "fields",
  rowCount: (source) => source.once(listFields).length,
  columns: [
    numberColumn("type_id", "INTEGER", (source) => {
      const rows = source.once(listFields);
      return (row) => rows[row]!.type;
    }),
    numberColumn("number", "INTEGER", (source) => {
      const rows = source.once(listFields);
      return (row) => rows[row]!.number;
    }),
    textColumn("name", (source) => {
      const rows = source.once(listFields);
      return (row) => rows[row]!.name;
    }),
    numberColumn("offset", "BIGINT", (source) => {
      const rows = source.once(listFields);
      return (row) => rows[row]!.offset;
    }),
    numberColumn("size", "BIGINT", (source) => {
      const rows = source.once(listFields);
      return (row) => rows[row]!.reference.size;
    }),
    textColumn("field_type", (source) => {
      const rows = source.once(listFields);
      return (row) => rows[row]!.reference.name;
    }),
    numberColumn("field_type_id", "INTEGER", (source) => {
      const rows = source.once(listFields);
      return (row) => rows[row]!.reference.row;
    }),
    booleanColumn("embedded", (source) => {
      const rows = source.once(listFields);
      return (row) => rows[row]!.isEmbedded;
    }),
  ],
};

export const itabsTable: Table = {
  name: "itabs",
  rowCount: (source) => source.once(listItabs).length,
  columns: [
    addressColumn("address", (source) => {
      const rows = source.once(listItabs);
      return (from, count, out) => {
        for (let i = 0; i < count; i++) out[i] = rows[from + i]!.address;
      };
    }),
    addressColumn("type_address", (source) => {
      const rows = source.once(listItabs);
      return (from, count, out) => {
        for (let i = 0; i < count; i++) out[i] = rows[from + i]!.type;
      };
    }),
    textColumn("type", (source) => {
      const rows = source.once(listItabs);
      return (row) => rows[row]!.name;
    }),
    numberColumn("type_size", "BIGINT", (source) => {
      const rows = source.once(listItabs);
      return (row) => rows[row]!.size;
    }),
  ],
};

/** What is known of every row of the type table. */
function allDetails({ heap: { types } }: TableSource): readonly (TypeDetails | undefined)[] {
  return Array.from({ length: types.count }, (_, row) => types.details?.(row));
}

interface FieldRow {
  readonly type: number;
  readonly number: number;
  readonly name: string;
  readonly offset: number;
  readonly isEmbedded: boolean;
  readonly reference: TypeReference;
}

function listFields(source: TableSource): readonly FieldRow[] {
  return source
    .once(allDetails)
    .flatMap((details, type) =>
      (details?.fields ?? []).map(({ type: reference, ...field }, number) => ({ ...field, type, number, reference })),
    );
}

interface ItabRow {
  readonly address: number;
  readonly type: number;
  readonly name: string | undefined;
  readonly size: number | undefined;
}

function listItabs({ heap: { dynamicTypes } }: TableSource): readonly ItabRow[] {
  if (dynamicTypes === undefined) return [];
  return [...dynamicTypes.itabs]
    .sort(([a], [b]) => a - b)
    .map(([address, type]) => {
      const known = dynamicTypes.at(type);
      return { address, type, name: known?.name || undefined, size: known?.size };
    });
}
