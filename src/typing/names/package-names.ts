/**
 * PackageNames: what packages call themselves, where their import paths end otherwise: package `sqlite3` of
 * "github.com/mattn/go-sqlite3". Go's String() of a type has the package's name and its descriptor the path.
 */
import type { Type } from "../../binary/index.ts";
import { shortenByPaths } from "../../heap/short-names.ts";
import type { TypeNode } from "../universe/type-node.ts";

/** What stands before a type's own name; debug information has the end of the path there, which need not be an identifier. */
const QUALIFIER = /^([\p{L}_][\p{L}\p{N}_]*)\.[^.[]*(?:\[|$)/u;

/** Elements of elements that are looked at, as of [][]*T. */
const MOST_DEPTH = 4;

/**
 * Lists packages of types in use whose name is not what `shortenByPaths` makes of the path, by path. Where only debug
 * information tells of a type, the name is not known. Linear in the types, their elements and fields.
 */
export function listPackageNames(nodes: readonly (TypeNode | undefined)[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const seen = new Set<Type>();
  let level: (Type | undefined)[] = nodes.flatMap((node) => [node?.type, node?.subject?.type]);
  for (let depth = 0; depth < MOST_DEPTH && level.length > 0; depth++) {
    const next: (Type | undefined)[] = [];
    for (const type of level) {
      if (type === undefined || seen.has(type)) continue;
      seen.add(type);
      next.push(type.elem, type.key, ...(depth === 0 ? type.fields.map((field) => field.type) : []));
      const path = type.packagePath;
      if (!type.isNamed || !path.includes("/") || names.has(path)) continue;
      const name = QUALIFIER.exec(type.string)?.[1];
      if (name === undefined || !isIrregular(path, name)) continue;
      names.set(path, name);
    }
    level = next;
  }
  return names;
}

/** Packages that end like their paths are not meant, those called as versions are ("core/v1") among them. */
function isIrregular(path: string, name: string): boolean {
  const isEnd = path.endsWith(name) && /(?:^|\/)$/.test(path.slice(0, -name.length));
  return !isEnd && shortenByPaths(`${path}.T`) !== `${name}.T`;
}
