/** Parts of maps: what stands for a map whose header is on a stack is called as the map is. */

/** Go ≥ 1.24; see `Structure`. */
const PART = /^(map\[.*) \((?:directory|table)\)$/s;
/** Buckets, and groups of a map that is so small that it has no table. */
const ENTRIES = /^(?:\[\])?map\.(?:bucket|group)(?=\[)/;

/** "map[string]*main.T (directory)" and "[]map.bucket[string]*main.T" → "map[string]*main.T"; all other names as they are. */
export function wholeMapName(type: string): string {
  return PART.exec(type)?.[1] ?? type.replace(ENTRIES, "map");
}
