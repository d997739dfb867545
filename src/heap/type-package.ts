/** The package that a type belongs to, from its name: what people sort memory by. */
import { TypeKind, type TypeTable } from "./types.ts";

/** For types that are only known by size and pointer mask. */
const UNKNOWN_PACKAGE = "(unknown)";
/** For types that no package declares: string, int, struct { … }. */
export const NO_PACKAGE = "(predeclared)";
/** For what the runtime keeps for itself, such as blocks of tiny objects. */
const RUNTIME = "runtime";

/** What stands before the type that matters: of elements, of what is pointed to, of closures. */
const PREFIX = /^(?:\*|\[\d*\]|<-chan |chan<- |chan |func (?=[\w./%-]*\.))/;

/** The package of a row of the type table. */
export function packageOfRow({ names, kind }: TypeTable, row: number): string {
  return kind[row] === TypeKind.SHAPE ? UNKNOWN_PACKAGE : packageOf(names[row]!);
}

/** The module of which the package of a row's type is, if the program only depends on that; else undefined. */
export function dependencyOfRow(types: TypeTable, row: number): string | undefined {
  const path = packageOfRow(types, row);
  const isOf = (module: string): boolean => path === module || path.startsWith(`${module}/`);
  // Modules may be in folders of others.
  return types.dependencies?.filter(isOf).sort((a, b) => b.length - a.length)[0];
}

/**
 * Names the package: "net/http" of "net/http.conn", of "[]*net/http.conn" and of the closure "func net/http.f.func1". A map
 * belongs to its values, or, if those are of no package, to its keys. Linear: names from a dump can be anything.
 */
export function packageOf(name: string): string {
  let closers: Int32Array | undefined;
  // Parts of the name that may tell it, the last one first.
  const parts: (readonly [start: number, end: number])[] = [[0, name.length]];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const end = part[1];
    const start = skipPrefixes(name, part[0], end);
    if (start < end && name[start] === "(") return RUNTIME;
    const rest = name.slice(start, end);
    const map = /^map(?:\.\w+)?\[/.exec(rest);
    if (map === null) {
      const isClosure = start > part[0] && name.startsWith("func ", start - "func ".length);
      const found = isClosure ? packageOfSymbol(rest) || NO_PACKAGE : headPackage(rest);
      if (found !== NO_PACKAGE) return found;
      continue;
    }
    closers ??= findClosers(name);
    const keyStart = start + map[0].length;
    const keyEnd = Math.min(closers[keyStart - 1]!, end);
    parts.push([keyStart, keyEnd], [Math.min(keyEnd + 1, end), end]);
  }
  return NO_PACKAGE;
}

/** Where the type begins that matters, in the part `start` … `end`-1. */
function skipPrefixes(name: string, start: number, end: number): number {
  let at = start;
  for (;;) {
    const match = PREFIX.exec(name.slice(at, end));
    if (match === null) return at;
    at += match[0].length;
  }
}

/** A type's arguments and a struct's fields have packages of their own; only what comes before counts. */
function headPackage(name: string): string {
  const head = /^[^\s[\](){};,]*/.exec(name)![0];
  // A type's own name has no dot, the last element of a path may have: "github.com/nats-io/nats.go.Conn".
  const dot = head.lastIndexOf(".");
  return dot <= head.lastIndexOf("/") + 1 ? NO_PACKAGE : head.slice(0, dot);
}

/** The last elements of paths whose dots are no ends of them: gopkg.in's versions, and ".go", which is no name in Go. */
const DOTTED = /^(?:gopkg\.in\/(?:[^/]+\/)?[^./]+\.v\d+(?:-unstable)?|.*\.go)(?=\.)/;

/**
 * The package that declares a function or variable: "net/http" of "net/http.(*Server).Serve"; "" if there is none. Of a path whose last
 * element has a dot only methods tell where it ends, unless it is one of those that are known; else it is taken to end at the dot.
 */
export function packageOfSymbol(name: string): string {
  const head = /^\*?([^\s[\](){};,*]*)/.exec(name)![1]!;
  // Before the receiver of a method: "gopkg.in/yaml.v3.(*Node).Decode".
  if (head.endsWith(".") && head.lastIndexOf("/") < head.length - 2) return head.slice(0, -1);
  const slash = head.lastIndexOf("/");
  const last = DOTTED.exec(head)?.[0] ?? "";
  if (last.length > slash + 1) return last;
  const dot = head.indexOf(".", slash + 1);
  return dot <= 0 ? "" : head.slice(0, dot);
}

/** For each opening bracket where the one is that closes it; the end of the text if none does. */
function findClosers(text: string): Int32Array {
  const closers = new Int32Array(text.length).fill(text.length);
  const open: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "[") open.push(i);
    else if (text[i] === "]" && open.length > 0) closers[open.pop()!] = i;
  }
  return closers;
}
