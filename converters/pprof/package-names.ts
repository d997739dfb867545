/** The package that a type belongs to, from its name: what people sort memory by. */

/** For types that are only known by size and pointer mask. */
export const UNKNOWN_PACKAGE = "(unknown)";
/** For types that no package declares: string, int, struct { … }. */
const NO_PACKAGE = "(predeclared)";
/** For what the runtime keeps for itself, such as blocks of tiny objects. */
const RUNTIME = "runtime";

/** What stands before the type that matters: of elements, of what is pointed to, of closures. */
const PREFIX = /^(?:\*|\[\d*\]|<-chan |chan<- |chan |func (?=[\w./%-]*\.))/;

/**
 * Names the package: "net/http" of "net/http.conn", of "[]*net/http.conn" and of the closure "func net/http.f.func1". A map
 * belongs to its values, or, if those are of no package, to its keys.
 */
export function packageOf(name: string): string {
  let rest = name;
  for (let match = PREFIX.exec(rest); match !== null; match = PREFIX.exec(rest)) rest = rest.slice(match[0].length);
  if (rest.startsWith("(")) return RUNTIME;
  const map = /^map(?:\.\w+)?\[/.exec(rest);
  if (map !== null) {
    const end = closing(rest, map[0].length - 1);
    const ofValue = packageOf(rest.slice(end + 1));
    return ofValue === NO_PACKAGE ? packageOf(rest.slice(map[0].length, end)) : ofValue;
  }
  // A type's arguments and a struct's fields have packages of their own; only what comes before counts.
  const head = /^[^\s[\](){};,]*/.exec(rest)![0];
  const dot = head.indexOf(".", head.lastIndexOf("/") + 1);
  return dot <= 0 ? NO_PACKAGE : head.slice(0, dot);
}

/** The bracket that closes the one at `open`; the end if none does. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "[") depth++;
    else if (text[i] === "]" && --depth === 0) return i;
  }
  return text.length;
}
