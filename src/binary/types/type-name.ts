/**
 * Names of types with full import paths. Go's String() has only the last element of a path ("http.Header"), which is
 * ambiguous; descriptors of named types know the path, so composite types are spelled anew from their parts.
 */
import { unescapeSymbol } from "../../symbol-names.ts";
import { ChanDir, Kind, type Type } from "./type.ts";

/** Longer names are not spelled anew: nobody reads them, and a damaged file could make them grow without end. */
const MAX_LENGTH = 2000;

/** Spells a type with full import paths. Uses the `name` of its parts. */
export function composeTypeName(type: Type): string {
  const name = type.isNamed ? qualify(type.string, type.packagePath) : compose(type);
  return name.length <= MAX_LENGTH ? name : type.string;
}

/** Puts the import path in place of the package's name: "http.Header", "net/http" → "net/http.Header". */
export function qualify(string: string, packagePath: string): string {
  if (packagePath === "") return string;
  // What stands for type arguments in shared code is spelled in full: "go.shape.struct { net/netip.isV6 bool }".
  if (packagePath === "go.shape") return unescapeSymbol(string);
  const dot = lastPlainDot(string);
  return dot < 0 ? string : `${packagePath}.${unescapeSymbol(string.slice(dot + 1))}`;
}

/**
 * The name that the runtime writes of a type into a heap dump: of one with a package its import path and its name, which
 * is empty for types without one, such as pointers; of others the string, with short package names. runtime/heapdump.go,
 * dumptype.
 */
export function dumpedTypeName({ string, packagePath, isNamed }: NamedType): string {
  if (packagePath === "") return string;
  return `${packagePath}.${isNamed ? string.slice(lastPlainDot(string) + 1) : ""}`;
}

/** Tells whether a name in a dump is a type's. Go 1.18 cut the names of generic types at the last dot of all. */
export function isDumpedName(name: string, type: NamedType): boolean {
  if (name === dumpedTypeName(type)) return true;
  const { string, packagePath, isNamed } = type;
  return isNamed && string.endsWith("]") && name === `${packagePath}.${string.slice(string.lastIndexOf(".") + 1)}`;
}

type NamedType = Pick<Type, "string" | "packagePath" | "isNamed">;

/** The last dot that is not in the brackets of type arguments. */
function lastPlainDot(string: string): number {
  let depth = 0;
  for (let i = string.length - 1; i >= 0; i--) {
    const char = string[i];
    if (char === "]") depth++;
    else if (char === "[") depth--;
    else if (char === "." && depth === 0) return i;
  }
  return -1;
}

function compose(type: Type): string {
  const { kind, elem, key } = type;
  if (kind === Kind.Func) return `func${signature(type)}`;
  if (kind === Kind.Struct) return structName(type);
  if (!elem) return type.string;
  switch (kind) {
    case Kind.Pointer:
      return `*${elem.name}`;
    case Kind.Slice:
      return `[]${elem.name}`;
    case Kind.Array:
      return `[${type.length}]${elem.name}`;
    case Kind.Map:
      return key ? `map[${key.name}]${elem.name}` : type.string;
    case Kind.Chan:
      return chanName(type.chanDir, elem);
    default:
      return type.string;
  }
}

/** Tags are left out. Groups and buckets of maps are structs too, but their string says more. */
function structName(type: Type): string {
  if (!type.string.startsWith("struct {") || type.fields.length === 0) return type.string;
  const fields = type.fields.map((field) => (field.embedded ? field.type.name : `${field.name} ${field.type.name}`));
  return `struct { ${fields.join("; ")} }`;
}

function chanName(direction: number, elem: Type): string {
  if (direction === ChanDir.Receive) return `<-chan ${elem.name}`;
  if (direction === ChanDir.Send) return `chan<- ${elem.name}`;
  // chan (<-chan T) would otherwise read as a channel to which one sends.
  return elem.name.startsWith("<-") ? `chan (${elem.name})` : `chan ${elem.name}`;
}

function signature(type: Type): string {
  const last = type.isVariadic ? type.in.length - 1 : -1;
  const parameters = type.in.map((parameter, i) =>
    i === last && parameter.elem ? `...${parameter.elem.name}` : parameter.name,
  );
  const results = type.out.map((result) => result.name).join(", ");
  const tail = type.out.length === 0 ? "" : type.out.length === 1 ? ` ${results}` : ` (${results})`;
  return `(${parameters.join(", ")})${tail}`;
}
