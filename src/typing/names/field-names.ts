/** FieldNames: the path of the field at an offset of a value: `next`, `mu.sema`, `items[3].key`. */
import { Kind } from "../../binary/index.ts";
import type { FieldNames } from "../../heap/types.ts";
import type { DescribedField, DescribedNode, DescribedType } from "../universe/described-type.ts";
import { NodeKind } from "../universe/type-node.ts";

/** @param nodes of each row of the type table; undefined for rows that are no Go type */
export function createFieldNames(nodes: readonly (DescribedNode | undefined)[], isMany: Uint8Array): FieldNames {
  const caches = new Map<DescribedNode, Map<number, string>>();
  return {
    stride(type) {
      const node = nodes[type];
      return node === undefined || isMany[type] === 0 ? 0 : node.size;
    },
    name(type, offset) {
      const node = nodes[type];
      if (node?.type === undefined) return node?.kind === NodeKind.MAP_DIRECTORY ? "" : undefined;
      let cache = caches.get(node);
      if (cache === undefined) {
        cache = new Map();
        caches.set(node, cache);
      }
      let name = cache.get(offset);
      if (name === undefined) {
        name = fieldPath(node.type, offset);
        cache.set(offset, name);
      }
      return name;
    },
  };
}

/** Types are not nested deeper than this. */
const MAX_DEPTH = 64;

/**
 * Path of the word at `offset`; "" if the type is one word itself.
 * @param isWhole whether nobody is to see what is in values of a type
 */
export function fieldPath(
  type: DescribedType,
  offset: number,
  isWhole: (type: DescribedType) => boolean = () => false,
): string {
  let path = "";
  let at = offset;
  let inside: DescribedType | undefined = type;
  // A damaged executable can have types that contain themselves.
  for (let depth = 0; inside !== undefined && depth < MAX_DEPTH; depth++) {
    if (inside.kind === Kind.Array && inside.elem !== undefined && inside.elem.size > 0) {
      const index = Math.floor(at / inside.elem.size);
      path += `[${index}]`;
      at -= index * inside.elem.size;
      inside = inside.elem;
    } else if (inside.kind === Kind.Struct && !isWhole(inside)) {
      // Fields of size zero stand at the same offset as the field behind them.
      const field: DescribedField | undefined = inside.fields.findLast(
        (candidate) => candidate.offset <= at && at < candidate.offset + candidate.type.size,
      );
      if (field === undefined) return `${path}+0x${at.toString(16)}`;
      path += path === "" ? field.name : `.${field.name}`;
      at -= field.offset;
      inside = field.type;
    } else {
      break;
    }
  }
  return path;
}

/** "s" and "items[3]" → "s.items[3]"; "s" and "[3]" → "s[3]"; "s" and "" → "s". */
export function joinPath(name: string, path: string): string {
  if (path === "") return name;
  return path.startsWith("[") ? `${name}${path}` : `${name}.${path}`;
}
