/** Parts of maps: what stands for a map whose header is on a stack is called as the map is. */

/** Go ≥ 1.24; see `Structure`. */
const PART = /^(map\[.*) \((?:directory|table)\)$/;

/** "map[string]*main.T (directory)" → "map[string]*main.T"; all other names as they are. */
export function wholeMapName(type: string): string {
  return PART.exec(type)?.[1] ?? type;
}
