/** The package of a type, from its name: for types of which the dump says nothing else. */

/** What may stand in front of a type's own name: pointers, slices, arrays, channels. */
const WRAPPERS = /^(\*|\[\d*\]|chan<- |<-chan |chan )+/;

/** A path and a name, with nothing between that a path cannot have: "net/http.Header", "main.Pair[int]". */
const QUALIFIED = /^([^\s[\](){},*<>]*[^\s[\](){},*<>.])\.[\p{L}_][\p{L}\p{N}_]*(\[|$)/u;

/**
 * The package of "main.Node", "*net/http.Header", "[]example.com/shop.Order"; undefined for what belongs to none, as
 * maps, functions and the language's own types.
 */
export function packageOfType(name: string): string | undefined {
  const path = QUALIFIED.exec(name.replace(WRAPPERS, ""))?.[1];
  // The runtime's names for parts of maps: map.bucket[string]int, map.group[string]int.
  return path === "map" ? undefined : path;
}
