/** Categories: whose a type is, by the packages that its name mentions: the program's, the standard library's, the runtime's. */
import { type Heap, isStandardPackage, type OwnerNode, TypeKind } from "../../src/index.ts";
import { Category } from "./page-data.ts";

const RUNTIME = /^(runtime|internal\/(abi|runtime|sync|bytealg|cpu|chacha8rand))\b/;

/** What may be a package and what is declared in it: "net/http.Conn", "main.Session". One run each, so that it is linear. */
const WORD = /[\p{L}\p{N}_.~/-]+/gu;

/** Tells the category of a type by its name. */
export function categoryOfType(name: string): number {
  let found: number = Category.PLAIN;
  for (const [word] of name.slice(0, 1000).matchAll(WORD)) {
    const dot = word.indexOf(".", word.lastIndexOf("/") + 1);
    if (dot <= 0) continue;
    const category = categoryOfPackage(word.slice(0, dot));
    // A map of the program's values is the program's, whatever its keys are.
    if (category === Category.PROGRAM) return category;
    if (found === Category.PLAIN || category === Category.STANDARD) found = category;
  }
  return found;
}

function categoryOfPackage(path: string): number {
  if (RUNTIME.test(path)) return Category.RUNTIME;
  return isStandardPackage(path) ? Category.STANDARD : Category.PROGRAM;
}

/** Tells the category of a node. */
export function categoryOfNode({ kind, name }: OwnerNode, kindOfType: ReadonlyMap<string, number>): number {
  if (kind === "smaller" || kind === "deeper" || kind === "garbage") return Category.REST;
  if (kind !== "objects") return Category.ROOT;
  const known = kindOfType.get(name);
  if (known === TypeKind.SHAPE || known === TypeKind.ADDRESS) return Category.UNKNOWN;
  return known === TypeKind.INTERNAL ? Category.RUNTIME : categoryOfType(name);
}

/** TypeKind by name of type. */
export function listTypeKinds({ types }: Heap): ReadonlyMap<string, number> {
  return new Map(types.names.map((name, type) => [name, types.kind[type]!]));
}
