/** Restoring: what was kept of a type table → the same type table, for a heap whose columns are the same. */
import type { Image, Kind } from "../../binary/index.ts";
import { AddressMap } from "../../format/records/address-map.ts";
import type { Heap } from "../../heap/heap.ts";
import { listForRows } from "../../heap/row-list.ts";
import { learnPackageNames } from "../../heap/short-names.ts";
import type { TypeTable } from "../../heap/types.ts";
import type { DynamicType, ValueLayout, ValueLayouts, WordName } from "../../heap/value-layouts.ts";
import { createQueueNames, eitherNames } from "../names/channel-queues.ts";
import { createFieldNames } from "../names/field-names.ts";
import { KeyTexts } from "../names/key-texts.ts";
import { createLibraryMapNames } from "../names/library-map-keys.ts";
import { createEntryNames } from "../names/map-keys.ts";
import type { DescribedField, DescribedNode, DescribedType } from "../universe/described-type.ts";
import type { GroupLayout } from "../universe/map-groups.ts";
import { createTypeDetails } from "../universe/type-details.ts";
import type { KeptLayouts, KeptTypes, OfRow } from "./kept-types.ts";

/**
 * Makes the type table. Costs a few objects for each type; layouts of rows are made when they are asked for.
 * @param heap whose types they are; its columns and contents are read only when entries of maps or channels are named
 * @param image of the executable, for keys that are constants
 */
export function restoreTypes(kept: KeptTypes, heap: Heap, image: Pick<Image, "bytes">): TypeTable {
  const { names, kind, isMany, groups, channel, constantsBias: bias } = kept;
  const types = restoreDescribed(kept);
  const nodes = restoreNodes(kept, types);
  learnPackageNames(kept.packageNames);
  const layoutOfRow: (GroupLayout<DescribedType> | undefined)[] = names.map(() => undefined);
  for (const { row, layout } of groups) {
    const { key, elem } = layout;
    layoutOfRow[row] = { ...layout, type: nodes[row]!.type!, key: types[key]!, elem: types[elem]! };
  }
  const layouts = restoreLayouts(kept);
  const keys = new KeyTexts(heap, { image, bias }, layouts.dynamicType);
  const entries = eitherNames(
    createEntryNames(heap, layoutOfRow, keys),
    createLibraryMapNames(heap, nodes, names, keys),
    createQueueNames(heap, nodes, channel ?? undefined),
  );
  return {
    count: names.length,
    names,
    kind,
    fields: { ...createFieldNames(nodes, isMany), entries },
    details: createTypeDetails(nodes, isMany),
    layouts,
    dependencies: kept.dependencies,
    packageNames: kept.packageNames,
    ...(kept.mainPackage == null ? {} : { mainPackage: kept.mainPackage }),
  };
}

/** Types may be in one another, so all are made before any of them gets its element and fields. */
function restoreDescribed({ texts, types, fields }: KeptTypes): readonly DescribedType[] {
  const { kind, size, name, packagePath, elem, fieldStart } = types;
  const made = Array.from(kind, (each, i) => ({
    kind: each as Kind,
    size: size[i]!,
    name: texts[name[i]!]!,
    packagePath: texts[packagePath[i]!]!,
    elem: undefined as DescribedType | undefined,
    fields: [] as DescribedField[],
  }));
  for (let i = 0; i < made.length; i++) {
    made[i]!.elem = made[elem[i]!];
    for (let field = fieldStart[i]!; field < fieldStart[i + 1]!; field++) {
      made[i]!.fields.push({
        name: texts[fields.name[field]!]!,
        type: made[fields.type[field]!]!,
        offset: fields.offset[field]!,
        embedded: fields.isEmbedded[field] === 1,
      });
    }
  }
  return made;
}

function restoreNodes(
  { node, nodes: { kind, size, type, subject } }: KeptTypes,
  types: readonly DescribedType[],
): readonly (DescribedNode | undefined)[] {
  const made = Array.from(kind, (each, i) => ({
    kind: each,
    size: size[i]!,
    type: types[type[i]!],
    subject: undefined as DescribedNode | undefined,
  }));
  for (let i = 0; i < made.length; i++) made[i]!.subject = made[subject[i]!];
  return Array.from(node, (number) => made[number]);
}

function restoreLayouts({ texts, node, layouts }: KeptTypes): ValueLayouts {
  const { structure, isLink, listField, weakWords, maps, mapTables, mapGroups, channels } = layouts;
  const made = listForRows<ValueLayout>(node.length);
  let dynamic: AddressMap | undefined;
  return {
    of(row) {
      if (!(node[row]! >= 0)) return undefined;
      made[row] ??= restoreLayout(layouts, row, texts);
      return made[row];
    },
    structure,
    isLink,
    listField,
    weakWords: byRow(weakWords),
    map: byRow(maps),
    mapTable: byRow(mapTables),
    mapGroups: byRow(mapGroups),
    channel: byRow(channels),
    dynamicType(word) {
      dynamic ??= numberWords(layouts.dynamic.word);
      const number = dynamic.get(word);
      return number < 0 ? undefined : dynamicTypeAt(layouts, number, texts);
    },
  };
}

function byRow<T>(list: readonly OfRow<T>[]): (row: number) => T | undefined {
  const layouts = new Map(list.map(({ row, layout }) => [row, layout]));
  return (row) => layouts.get(row);
}

function numberWords(words: Float64Array): AddressMap {
  const numbers = new AddressMap();
  for (let i = 0; i < words.length; i++) numbers.set(words[i]!, i);
  return numbers;
}

function dynamicTypeAt({ dynamic }: KeptLayouts, number: number, texts: readonly string[]): DynamicType {
  const { name, size, isDirect } = dynamic;
  return { name: texts[name[number]!]!, size: size[number]!, isDirect: isDirect[number] === 1 };
}

function restoreLayout(
  { size, isMany, wordStart, offset, kind, elementSize, text, isEnding }: KeptLayouts,
  row: number,
  texts: readonly string[],
): ValueLayout {
  const first = wordStart[row]!;
  const end = wordStart[row + 1]!;
  const names: WordName[] = [];
  return {
    size: size[row]!,
    isMany: isMany[row] === 1,
    offset: offset.subarray(first, end),
    kind: kind.subarray(first, end),
    elementSize: elementSize.subarray(first, end),
    name(word) {
      names[word] ??= { text: texts[text[first + word]!]!, isEnding: isEnding[first + word] === 1 };
      return names[word];
    },
  };
}
