/** A struct type whose fields have other names: the compiler calls what a closure captures X0, X1, … */
import type { Type } from "../../binary/index.ts";

/** Makes a type like `type`, with the names of `names` where their offset is a field's; the same type if none is. */
export function renameFields(type: Type, names: readonly { readonly name: string; readonly offset: number }[]): Type {
  const nameAt = new Map(names.map(({ name, offset }) => [offset, name]));
  if (!type.fields.some(({ offset }) => nameAt.has(offset))) return type;
  const { address, kind, size, align, hash, string, name, packagePath, isNamed, isDirect, pointers, pointerBytes } =
    type;
  const { methodCount, methodNames, elem, key, group, length, chanDir, isVariadic, pointerTo } = type;
  return {
    ...{ address, kind, size, align, hash, string, name, packagePath, isNamed, isDirect, pointers, pointerBytes },
    ...{ methodCount, methodNames, elem, key, group, length, chanDir, isVariadic, pointerTo },
    in: type.in,
    out: type.out,
    fields: type.fields.map((field) => ({ ...field, name: nameAt.get(field.offset) ?? field.name })),
  };
}
