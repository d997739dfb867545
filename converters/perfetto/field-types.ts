/** What type a field has, as far as the type table tells: of fields of fields only where their struct is some object's type, too. */
import type { TypeTable } from "../../src/index.ts";

/**
 * The type of the field at `offset` of a value of `type`, or of an element if it stands for many; "" where it is not told.
 * @param path the field's name, as the table has it
 */
export function findFieldType(types: TypeTable, type: number, offset: number, path: string): string {
  if ((types.fields?.stride(type) ?? 0) === 0) return typeInStruct(types, type, offset, path);
  const element = types.details?.(type)?.element;
  if (element === undefined) return "";
  if (path === "") return element.name;
  return element.row === undefined ? "" : typeInStruct(types, element.row, offset, path);
}

function typeInStruct(types: TypeTable, row: number, offset: number, path: string): string {
  let struct = row;
  let rest = offset;
  let name = path;
  for (;;) {
    const field = types.details?.(struct)?.fields.findLast((candidate) => candidate.offset <= rest);
    if (field === undefined) return "";
    if (name === field.name) return field.type.name;
    if (!name.startsWith(`${field.name}.`) || field.type.row === undefined) return "";
    struct = field.type.row;
    rest -= field.offset;
    name = name.slice(field.name.length + 1);
  }
}
