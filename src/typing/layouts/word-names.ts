/**
 * Names of the words of a type's values, alike ones alike: "main.Session.history" for the field of all sessions. Words
 * that have no name by themselves get an ending: "[]" for the elements of a slice, which is called after what holds it.
 */
import { Kind, type Type } from "../../binary/index.ts";
import type { WordName } from "../../heap/value-layouts.ts";
import { fieldPath, joinPath } from "../names/field-names.ts";
import { isWeakPointer } from "../universe/known-types.ts";
import { elemSlotAt, type GroupLayout, isGroup, keySlotAt, layOutGroup } from "../universe/map-groups.ts";
import type { RuntimeFields } from "../universe/runtime-fields.ts";
import { NodeKind, type TypeNode } from "../universe/type-node.ts";

/** What needs the layout of groups, for a warning. */
const FEATURE = "names of the fields in map entries";

/** Behind the name of a map: its keys. */
const KEY = " (key)";

/** The name of the word at an offset of a node's values. */
export function wordName(node: TypeNode, isMany: boolean, offset: number, runtime: RuntimeFields): WordName {
  const { kind, type, subject } = node;
  if (type === undefined) return ending("");
  if (kind === NodeKind.NAMED_ARRAY) return named(subject!.name, joinPath("[]", foldedPath(type, offset)));
  if (kind === NodeKind.CLOSURE) return named(node.name, foldedPath(type, offset));
  // The runtime's own structures are nothing to people: what they lead to is held by whatever holds them.
  if (kind !== NodeKind.TYPE) return ending("");
  if (namesItsFields(type) && !isGroup(type)) return named(node.name, foldedPath(type, offset));
  const group = isGroup(type) ? layOutGroup(type, runtime, FEATURE) : undefined;
  if (group !== undefined) return entryName(group, offset);
  return ending(joinPath(isMany ? "[]" : "", foldedPath(type, offset)));
}

/** Names a word of a map's group or bucket: by its key's or element's type, if that is a struct with a name. */
function entryName(group: GroupLayout, offset: number): WordName {
  const asKey = keySlotAt(group, offset);
  if (asKey >= 0) return partName(KEY, group.key, offset - group.keyStart - asKey * group.keyStride);
  const asElem = elemSlotAt(group, offset);
  if (asElem >= 0) return partName("[]", group.elem, offset - group.elemStart - asElem * group.elemStride);
  // The pointer to the next bucket.
  return ending("");
}

function partName(prefix: string, type: Type, offset: number): WordName {
  const path = foldedPath(type, offset);
  return namesItsFields(type) ? named(type.name, path) : ending(joinPath(prefix, path));
}

/** Whether words are called after the struct type that they are in. A weak pointer is one word, which is called as a pointer would be. */
function namesItsFields(type: Type): boolean {
  return type.kind === Kind.Struct && type.isNamed && !isWeakPointer(type);
}

/** The path of a word, the elements of arrays alike: "items[].key". */
function foldedPath(type: Type, offset: number): string {
  return fieldPath(type, offset, isWeakPointer).replaceAll(/\[\d+\]/g, "[]");
}

function named(type: string, path: string): WordName {
  return { text: joinPath(type, path), isEnding: false };
}

function ending(text: string): WordName {
  return { text, isEnding: true };
}
