/** The map of package unique in sentences: it stands beside what the program holds, as if that were a holder by itself. */
import type { Holder } from "../holders/holder.ts";

/** The map of package unique, from types to the maps of their values; in Go 1.23 of internal/concurrent. */
const UNIQUE_MAPS = /^internal\/(sync|concurrent)\.HashTrieMap\[\*internal\/abi\.Type,\s*interface \{\}\]$/;

/** What lets go of the entries of package unique's own map, which no program can. unique/handle.go: since Go 1.23. */
export function explainUniqueMap({ type }: Holder): string[] {
  if (!UNIQUE_MAPS.test(type)) return [];
  return [
    "package unique's own map, of values of unique.Make: an entry goes once a collection finds no unique.Handle of it",
  ];
}
