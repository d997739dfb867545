/**
 * Plain values: trees of objects, arrays, texts, numbers and columns as JSON, in which columns are numbers of sections and
 * what JSON has not is marked. Members that are undefined are left out.
 */
import { COLUMN_TYPES, type Column } from "./file/layout.ts";
import { UnusableIndexError } from "./file/unusable-index.ts";

/** Keys of marks; no member of a plain value is called so. */
const COLUMN = "@column";
const MAP = "@map";
const BIGINT = "@bigint";
const NUMBER = "@number";

/** Makes a value JSON. @param add takes a column, and gives what finds it again */
export async function toJson(value: unknown, add: (column: Column) => Promise<number>): Promise<unknown> {
  if (typeof value === "number") return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
  if (typeof value === "bigint") return { [BIGINT]: String(value) };
  if (typeof value === "function") throw new Error("bug: a function is no plain value");
  if (typeof value !== "object" || value === null) return value;
  if (isColumn(value)) return { [COLUMN]: await add(value) };
  if (value instanceof Map) return { [MAP]: await toJson([...value], add) };
  if (Array.isArray(value)) {
    // Long lists are of texts.
    if (value.every((item) => typeof item === "string")) return value;
    const list: unknown[] = [];
    for (const item of value) list.push(await toJson(item, add));
    return list;
  }
  const members: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) if (member !== undefined) members[key] = await toJson(member, add);
  return members;
}

/** The value again. @param columnOf gives the column that was added */
export function fromJson(json: unknown, columnOf: (number: number) => Column): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((item) => fromJson(item, columnOf));
  const members = json as Record<string, unknown>;
  if (COLUMN in members) return columnOf(members[COLUMN] as number);
  if (MAP in members) return new Map(fromJson(members[MAP], columnOf) as [unknown, unknown][]);
  if (BIGINT in members) return toBigInt(members[BIGINT]);
  if (NUMBER in members) return Number(members[NUMBER]);
  for (const key of Object.keys(members)) members[key] = fromJson(members[key], columnOf);
  return members;
}

function isColumn(value: object): value is Column {
  return Object.values(COLUMN_TYPES).some((Type) => value instanceof Type);
}

function toBigInt(text: unknown): bigint {
  try {
    return BigInt(text as string);
  } catch {
    throw new UnusableIndexError("it is damaged");
  }
}
