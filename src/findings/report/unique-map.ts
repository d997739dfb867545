/** The map of package unique in sentences: it stands beside what the program holds, as if that were a holder by itself. */
import type { Holder } from "../holders/holder.ts";

/** The map of package unique, from types to the maps of their values; in Go 1.23 of internal/concurrent. */
const UNIQUE_MAPS = /^internal\/(sync|concurrent)\.HashTrieMap\[\*internal\/abi\.Type,\s*interface \{\}\]$/;
/** The map of the values of one type, where these are most: up to Go 1.24 a map of weak pointers, then one of package unique's own. */
const OF_ONE_TYPE =
  /^(internal\/(sync|concurrent)\.HashTrieMap\[.*,\s*(internal\/)?weak\.Pointer\[.*\]\]|unique\.(uniqueMap|canonMap|indirect)\[.*\])$/s;

/** What lets go of the entries of package unique's own map, which no program can. unique/handle.go: since Go 1.23. */
export function explainUniqueMap({ type }: Holder): string[] {
  if (!UNIQUE_MAPS.test(type) && !OF_ONE_TYPE.test(type)) return [];
  return [
    "package unique's own map, of values of unique.Make: an entry goes once a collection finds no unique.Handle of it",
  ];
}
