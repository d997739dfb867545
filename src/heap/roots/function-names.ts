/** Functions' names as Go prints them. */

/** As Go calls a function that it does not know: "runtime.?" is of a known package. */
const NAMELESS = "?";

/**
 * Shortens the name of an instance of a generic function as Go's stacks and profiles do: "main.Map[...]" for
 * "main.Map[go.shape.int,go.shape.string]". runtime/traceback.go, funcNamePiecesForPrint. "?" if the build took the name out.
 */
export function printedFunctionName(name: string): string {
  if (name === "") return NAMELESS;
  const open = name.indexOf("[");
  const close = name.lastIndexOf("]");
  if (open < 0 || close <= open) return name;
  const before = name.slice(0, open);
  const after = name.slice(close + 1);
  const inside = name.slice(open + 1, close);
  // A method of an instance that has type parameters of its own: "T[int].Map[string]".
  const between = betweenBrackets(inside);
  return between === undefined ? `${before}[...]${after}` : `${before}[...]${between}[...]${after}`;
}

/** What stands between the bracket that closes the first list and the one that opens the last; undefined if there is but one. */
function betweenBrackets(inside: string): string | undefined {
  let depth = 1;
  let closed = -1;
  for (let i = 0; i < inside.length; i++) {
    const char = inside[i];
    if (char === "[" && ++depth === 1 && closed >= 0) return inside.slice(closed + 1, i);
    if (char === "]" && --depth === 0) closed = i;
  }
  return undefined;
}
