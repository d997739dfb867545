/**
 * Library maps: sync.Map and the like. Since Go 1.23 they are trees of hashes (internal/sync.HashTrieMap) and no maps of the
 * runtime's; before, two maps of the runtime's that share entries, one to read and a dirty one. For people they are maps: their
 * inside is left out of paths.
 */

import { wholeMapName } from "./map-parts.ts";

/** Nodes of the tree: `indirect` has the next ones or entries, `entry` a key and a value. Go 1.23 has them in internal/concurrent. */
const NODE = /^internal\/(?:sync|concurrent)\.(indirect|entry)\[(.*)\]$/;
/** The parameters of a sync.Map. */
const INTERFACES = /^interface \{\}, ?interface \{\}$/;
/** The field, or fields of fields, by which what has the map inside leads to its first node. */
const ROOT_FIELD = /\.?(m\.)?root(\.v)?$/;

/** Up to Go 1.22: either map of a sync.Map, what leads to the one to read, and an entry, whose value is in an interface of its own. */
const OLD_MAP = "map[interface {}]*sync.entry";
const OLD_READ = "sync.readOnly";
const OLD_ENTRY = "sync.entry";

/** What a map is called whose node, or map of the runtime's, is of a type: "sync.Map"; undefined for all other types, and for entries. */
export function libraryMapName(type: string): string | undefined {
  if (type === OLD_MAP) return "sync.Map";
  const node = NODE.exec(type);
  if (node === null || node[1] !== "indirect") return undefined;
  return INTERFACES.test(node[2]!) ? "sync.Map" : `internal/sync.HashTrieMap[${node[2]}]`;
}

/** What a thing of a type is called: of maps and their parts the whole; all other names as they are. */
export function wholeTypeName(type: string): string {
  return libraryMapName(type) ?? wholeMapName(type);
}

/** The same, also of what leads to either map of a sync.Map up to Go 1.22: what a way comes by there is called as the map is. */
export function shownTypeName(type: string): string {
  return type === OLD_READ ? "sync.Map" : wholeTypeName(type);
}

/** Whether a type is that of such a map, or of what stands for one where its header is in a variable or another value. */
export function isLibraryMap(type: string): boolean {
  return type === "sync.Map" || type === OLD_READ || libraryMapName(type) !== undefined;
}

/** Whether a type is that of the entries of such maps. */
export function isLibraryMapEntry(type: string): boolean {
  return type === OLD_ENTRY || NODE.exec(type)?.[1] === "entry";
}

/** Whether a type is that of what leads to the map to read, of the two that a sync.Map is up to Go 1.22. The dirty one, if there is one, has all entries. */
export function isReadHalf(type: string): boolean {
  return type === OLD_READ;
}

/** Whether entries of a type stay in their map without a value once they are deleted. */
export function outlivesValue(type: string): boolean {
  return type === OLD_ENTRY;
}

/** Whether a type is that of the box in which an entry has its value, up to Go 1.22. */
export function isLibraryMapBox(entry: string, type: string): boolean {
  return entry === OLD_ENTRY && type === "interface {}";
}

/**
 * The name of a pointer, or an expression that ends with it, without the inside of such a map.
 * @param from type of what has the pointer; "" for roots
 * @param to type of what it leads to
 */
export function withoutLibraryMap(name: string, from: string, to: string): string {
  if (from === OLD_ENTRY) return name.replace(/^p(\.v)?/, "");
  if (to === OLD_MAP) return name.replace(/\.?(dirty|m)$/, "");
  if (to === OLD_READ) return name.replace(/\.?read(\.v)?$/, "");
  const source = NODE.exec(from)?.[1];
  // By its key if that is known: "children[3].v" is the tree's.
  if (source === "indirect") return name.startsWith("[") ? name : "[…]";
  if (source === "entry") return name.startsWith("value") ? name.slice("value".length).replace(/^\./, "") : name;
  return NODE.exec(to)?.[1] === "indirect" ? name.replace(ROOT_FIELD, "") : name;
}
