/**
 * Types made from others: closures, whose captured variables the compiler calls X0, X1, …, and which may be one of several;
 * maps whose values are not known.
 */
import type { Type } from "../../binary/index.ts";

/** Makes a type like `type`, with the names of `names` where their offset is a field's; the same type if none is. */
export function renameFields(type: Type, names: readonly { readonly name: string; readonly offset: number }[]): Type {
  const nameAt = new Map(names.map(({ name, offset }) => [offset, name]));
  if (!type.fields.some(({ offset }) => nameAt.has(offset))) return type;
  const fields = type.fields.map((field) => ({ ...field, name: nameAt.get(field.offset) ?? field.name }));
  return withChanges(type, { fields });
}

/** Makes a type that has those fields of the first that all of several have. */
export function commonFields(types: readonly Type[]): Type {
  const [first, ...others] = types as [Type, ...Type[]];
  const fields = first.fields.filter((field) =>
    others.every((other) => other.fields.some(({ offset, type }) => offset === field.offset && type === field.type)),
  );
  return withChanges(first, { fields });
}

/** Makes a type like another, but for some of what is known of it. */
export function withChanges(type: Type, changes: Partial<Type>): Type {
  const { address, kind, size, align, hash, string, name, packagePath, isNamed, isDirect, pointers, pointerBytes } =
    type;
  const { methodCount, methodNames, elem, key, group, length, chanDir, isVariadic, pointerTo, fields } = type;
  return {
    ...{ address, kind, size, align, hash, string, name, packagePath, isNamed, isDirect, pointers, pointerBytes },
    ...{ methodCount, methodNames, elem, key, group, length, chanDir, isVariadic, pointerTo, fields },
    in: type.in,
    out: type.out,
    ...changes,
  };
}
