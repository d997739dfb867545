/** Keeping: a typed heap's type table → plain data and columns. */
import { float64Column, int32Column, uint8Column } from "../../heap/columns.ts";
import type { ValueLayouts } from "../../heap/value-layouts.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { findChannelFields } from "../names/channel-queues.ts";
import { findEntryGroups } from "../names/map-keys.ts";
import type { TypedHeap } from "../type-heap.ts";
import type { KeptGroup, KeptLayouts, KeptTypes, OfRow } from "./kept-types.ts";
import { TypeColumns } from "./type-columns.ts";

/**
 * Takes down what a typed heap tells of its types. Reads names of all types of the executable, which has to be open; linear
 * in its types, and in the fields and pointer words of those that objects have.
 */
export function keepTypes({ heap, executable, nodes, isMany }: TypedHeap): KeptTypes {
  const { names, kind, layouts } = heap.types;
  const { universe } = executable.types;
  const columns = new TypeColumns();
  const node = Int32Array.from(nodes, (each) => (each === undefined ? -1 : columns.addNode(each)));
  const groups = findEntryGroups(nodes, universe).flatMap((group, row): OfRow<KeptGroup>[] => {
    if (group === undefined) return [];
    const { type: _, key, elem, ...places } = group;
    return [{ row, layout: { ...places, key: columns.addType(key), elem: columns.addType(elem) } }];
  });
  const channel = findChannelFields(universe);
  const kept = keepLayouts(layouts!, names.length, executable.types, columns);
  return {
    ...columns.finish(),
    names,
    kind,
    isMany,
    node,
    groups,
    channel: channel === undefined ? null : offsetsOf(channel),
    constantsBias: executable.biases.types,
    layouts: kept,
    dependencies: heap.types.dependencies!,
    packageNames: heap.types.packageNames!,
    mainPackage: heap.types.mainPackage ?? null,
    texts: columns.texts.values,
  };
}

/** Fields lead to their types; only where they are counts. */
function offsetsOf({ buf, dataqsiz, qcount, recvx }: NonNullable<ReturnType<typeof findChannelFields>>) {
  const only = ({ offset }: { readonly offset: number }) => ({ offset });
  return { buf: only(buf), dataqsiz: only(dataqsiz), qcount: only(qcount), recvx: only(recvx) };
}

function keepLayouts(
  layouts: ValueLayouts,
  rows: number,
  executable: ExecutableTypes,
  columns: TypeColumns,
): KeptLayouts {
  const { structure, isLink, listField } = layouts;
  const size = new Float64Array(rows);
  const isMany = new Uint8Array(rows);
  const wordStart = new Uint32Array(rows + 1);
  const offset = int32Column();
  const kind = uint8Column();
  const elementSize = float64Column();
  const text = int32Column();
  const isEnding = uint8Column();
  for (let row = 0; row < rows; row++) {
    const layout = layouts.of(row);
    if (layout !== undefined) {
      size[row] = layout.size;
      isMany[row] = layout.isMany ? 1 : 0;
      for (let word = 0; word < layout.offset.length; word++) {
        const name = layout.name(word);
        offset.push(layout.offset[word]!);
        kind.push(layout.kind[word]!);
        elementSize.push(layout.elementSize[word]!);
        text.push(columns.texts.number(name.text));
        isEnding.push(name.isEnding ? 1 : 0);
      }
    }
    wordStart[row + 1] = offset.count;
  }
  const listOf = <T>(layoutOf: (row: number) => T | undefined): OfRow<T>[] => {
    const list: OfRow<T>[] = [];
    for (let row = 0; row < rows; row++) {
      const layout = layoutOf(row);
      if (layout !== undefined) list.push({ row, layout });
    }
    return list;
  };
  const dynamic = [...executable.dynamicTypes()];
  return {
    ...{ structure, isLink, listField, size, isMany, wordStart },
    offset: offset.finish(),
    kind: kind.finish(),
    elementSize: elementSize.finish(),
    text: text.finish(),
    isEnding: isEnding.finish(),
    weakWords: listOf(layouts.weakWords),
    maps: listOf(layouts.map),
    mapTables: listOf(layouts.mapTable),
    mapGroups: listOf(layouts.mapGroups),
    channels: listOf(layouts.channel),
    dynamic: {
      word: Float64Array.from(dynamic, ([word]) => word),
      name: Int32Array.from(dynamic, ([, { name }]) => columns.texts.number(name)),
      size: Float64Array.from(dynamic, ([, type]) => type.size),
      isDirect: Uint8Array.from(dynamic, ([, type]) => (type.isDirect ? 1 : 0)),
    },
  };
}
