/**
 * What the name of a type in debug information tells. The linker spells types with full import paths,
 * "map[string]*net/http.Header"; Go's own String() has only their last elements.
 */
import { ChanDir } from "../types/type.ts";

/** Begins what is not declared with a name: composite types, and what the runtime makes for its maps and channels. */
const UNNAMED =
  /^(?:noalg\.)?(?:\*|\[|map\[|chan[ (]|chan<-|<-chan|func\(|struct \{|interface \{|(?:map\.)?(?:bucket|group|hdr|iter|table)\[|(?:hash|bucket|map|table|groupReference|sudog|waitq)<)/;

/** What is spelled like a generic type, but has its types as String() has them: "map.group[string]http.Header". */
const MADE_FOR_MAPS = /^(?:noalg\.)?map\.(?:bucket|group|table|hdr|iter)\[/;

/** The package of what stands for type arguments in code that several instances share. */
const SHAPE = "go.shape.";

/** The package before the name of an unexported field: after it, unlike after that of an embedded one, comes a type. */
const FIELD_PACKAGE = /(struct \{ |; )[^\s;{}]+\.([\w\u0080-\uffff]+) (?=[^}"\s])/g;

/** Whether a type was declared with a name. */
export function isNamedSpelling(name: string): boolean {
  return name !== "" && !UNNAMED.test(name);
}

/**
 * Spells a type as String() does: packages by the last element of their path, fields without theirs. Arguments of generic
 * types stay as they are, and so do the shapes that stand for them in compiled code.
 */
export function shortSpelling(name: string): string {
  if (name.startsWith(SHAPE)) return name;
  let result = "";
  for (let from = 0; from < name.length; ) {
    const open = MADE_FOR_MAPS.test(name) ? -1 : typeArgumentsStart(name, from);
    result += shorten(name.slice(from, open < 0 ? name.length : open));
    if (open < 0) break;
    from = matchingBracket(name, open);
    result += name.slice(open, from);
  }
  return result;
}

function shorten(part: string): string {
  // What the linker adds: whether the type can be compared, which of the types of a name in several functions it is.
  const plain = part.replaceAll("noalg.", "").replaceAll(/·\d+/g, "").replaceAll(FIELD_PACKAGE, "$1$2 ");
  return plain.includes("/") ? plain.replaceAll(/(\.{3})?[^\s/()[\]{}*,;<>"]+\//g, "$1") : plain;
}

/** The import path of a declared type: "net/http" of "net/http.Header"; "" if it has none. */
export function packageOf(name: string): string {
  if (name.startsWith(SHAPE)) return SHAPE.slice(0, -1);
  const arguments_ = typeArgumentsStart(name, 0);
  const plain = arguments_ < 0 ? name : name.slice(0, arguments_);
  const dot = plain.lastIndexOf(".");
  return dot < 0 ? "" : plain.slice(0, dot);
}

/** What stands behind the last dot outside of brackets: a member's name without its package. */
export function lastElement(name: string): string {
  const arguments_ = typeArgumentsStart(name, 0);
  const plain = arguments_ < 0 ? name : name.slice(0, arguments_);
  return plain.slice(plain.lastIndexOf(".") + 1);
}

/** One of ChanDir. */
export function directionOf(name: string): number {
  if (name.startsWith("<-chan")) return ChanDir.Receive;
  return name.startsWith("chan<-") ? ChanDir.Send : ChanDir.Both;
}

/** How many parameters "func(int, map[K]V) bool" has; -1 if it is not spelled out. */
export function parameterCount(name: string): number {
  if (!name.startsWith("func(")) return -1;
  if (name.startsWith("func()")) return 0;
  let depth = 0;
  let count = 1;
  for (let i = 4; i < name.length; i++) {
    const char = name[i]!;
    if (char === '"') i = endOfQuoted(name, i);
    else if ("([{".includes(char)) depth++;
    else if (char === "," && depth === 1) count++;
    else if (")]}".includes(char) && --depth === 0) return count;
  }
  return -1;
}

/** Where the type arguments begin, which unlike an array's length follow a name: "[" of "List[int]", but not of "[]int" or "map[K]V". */
function typeArgumentsStart(name: string, from: number): number {
  for (let i = name.indexOf("[", from); i >= 0; i = name.indexOf("[", i + 1)) {
    if (i === 0 || !/[\w\u0080-\uffff]/.test(name[i - 1]!)) continue;
    if (/(?:^|[^\w.\u0080-\uffff])map$/.test(name.slice(Math.max(0, i - 4), i))) continue;
    return i;
  }
  return -1;
}

/** Behind the bracket that closes the one at `open`; the end if there is none. */
function matchingBracket(name: string, open: number): number {
  let depth = 0;
  for (let i = open; i < name.length; i++) {
    if (name[i] === "[") depth++;
    else if (name[i] === "]" && --depth === 0) return i + 1;
  }
  return name.length;
}

/** The quote that closes a struct's tag; the end if there is none. */
function endOfQuoted(name: string, open: number): number {
  for (let i = open + 1; i < name.length; i++) {
    if (name[i] === "\\") i++;
    else if (name[i] === '"') return i;
  }
  return name.length;
}
