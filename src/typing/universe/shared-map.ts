/**
 * Maps of which the key is certain and the value is not: what several map types that explain an object equally well have in
 * common. Such a map is called `map[string]?`; its values show no more than where they have pointers.
 */
import { type Field, Kind, type Type } from "../../binary/index.ts";
import { withChanges } from "./renamed-type.ts";

/** What stands for the value's type in names. */
const UNKNOWN_VALUE = "?";
/** Fields of groups and buckets that hold values. */
const VALUE_FIELDS: ReadonlySet<string> = new Set(["elem", "elems", "values"]);

/**
 * Makes the map type that several have in common.
 * @param word a type of one pointer word that says nothing of its target
 * @returns undefined if they differ in their keys, or in where the entries have what
 */
export function shareMap(maps: readonly Type[], word: Type | undefined): Type | undefined {
  const [first, ...others] = maps as [Type, ...Type[]];
  const { key, group } = first;
  if (key === undefined || group === undefined) return undefined;
  const slots = describeSlots(group);
  if (!others.every((map) => map.key === key && map.group !== undefined && describeSlots(map.group) === slots))
    return undefined;
  const shared = replaceValues(group, word);
  const name = `map[${key.name}]${UNKNOWN_VALUE}`;
  const string = `map[${key.string}]${UNKNOWN_VALUE}`;
  const prefix = /^map\.\w+/.exec(group.string)?.[0];
  if (shared === undefined || prefix === undefined) return undefined;
  const groupName = `${prefix}${string.slice("map".length)}`;
  return withChanges(first, {
    ...{ name, string, address: 0, hash: 0, isNamed: false, packagePath: "", pointerTo: undefined },
    elem: shared.value,
    group: withChanges(shared.group, { name: groupName, string: groupName, address: 0, hash: 0, pointerTo: undefined }),
  });
}

/** Where a group has its parts, of which size, and where its pointers are: what has to be the same. */
function describeSlots({ size, fields, pointers }: Type): string {
  const parts = fields.map((field) => {
    const inner = (field.type.elem?.fields ?? []).map((part) => `${part.offset}:${part.type.size}`);
    return `${field.offset}:${field.type.size}/${field.type.elem?.size}(${inner})`;
  });
  return [size, ...parts, pointers.words.join(), pointers.stride, pointers.repeat].join(" ");
}

/** The group, or what it has for each entry, with values of which nothing is known. */
function replaceValues(type: Type, word: Type | undefined): { readonly group: Type; readonly value: Type } | undefined {
  let value: Type | undefined;
  const fields: Field[] = [];
  for (const field of type.fields) {
    const { elem } = field.type;
    if (VALUE_FIELDS.has(field.name)) {
      const isMany = field.name !== "elem" && field.type.kind === Kind.Array && elem !== undefined;
      value = hide(isMany ? elem : field.type, word);
      if (value === undefined) return undefined;
      fields.push({ ...field, type: isMany ? withChanges(field.type, { elem: value }) : value });
    } else if (field.name === "slots" && elem !== undefined) {
      const slot = replaceValues(elem, word);
      if (slot === undefined) return undefined;
      value = slot.value;
      fields.push({ ...field, type: withChanges(field.type, { elem: slot.group }) });
    } else {
      fields.push(field);
    }
  }
  return value === undefined ? undefined : { group: withChanges(type, { fields, address: 0 }), value };
}

/** A type of the same size with pointers at the same places. */
function hide(type: Type, word: Type | undefined): Type | undefined {
  const { words, stride, repeat, isComplete } = type.pointers;
  if (!isComplete || (words.length > 0 && word === undefined)) return undefined;
  const fields: Field[] = [];
  for (let i = 0; i < repeat; i++) {
    for (const offset of words) fields.push({ name: "_", type: word!, offset: i * stride + offset, embedded: false });
  }
  return withChanges(type, {
    ...{ kind: Kind.Struct, name: UNKNOWN_VALUE, string: UNKNOWN_VALUE, address: 0, hash: 0, fields },
    ...{ isNamed: false, isDirect: false, packagePath: "", methodCount: 0, methodNames: [], pointerTo: undefined },
    ...{ elem: undefined, key: undefined, group: undefined, length: 0, in: [], out: [] },
  });
}
