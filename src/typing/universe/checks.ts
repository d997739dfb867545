/**
 * Checks: what the words of a value must be if it is of a type: the flat form of a type that evidence walks along with an
 * object's contents. Bounded, whatever a damaged executable says of its types.
 */
import { Kind, type Type } from "../../binary/index.ts";
import { atomicPointerElem, isTrieNode } from "./known-types.ts";

export const CheckKind = {
  /** A byte that is 0 or 1; of a sync/atomic.Bool, which is a uint32, the first, whatever the order of bytes. */
  BOOL: 0,
  STRING: 1,
  SLICE: 2,
  /** An interface without methods: its first word is a type. */
  EMPTY_INTERFACE: 3,
  /** An interface with methods: its first word is an itab. */
  INTERFACE: 4,
  POINTER: 5,
  MAP: 6,
  CHANNEL: 7,
  FUNC: 8,
  /** The first word of a closure: a function's entry. */
  FUNCTION_ENTRY: 9,
  /** A pointer to a node of a HashTrieMap. */
  TRIE_NODE: 10,
  /** A word that is not 0. */
  NOT_ZERO: 11,
  /** A word that is 0. */
  ZERO: 12,
  /** A string in a map: of a deleted key only the pointer is cleared. */
  MAP_STRING: 13,
} as const;

export interface Check {
  readonly offset: number;
  /** CheckKind. */
  readonly kind: number;
  /** Element of a pointer or slice; the interface, map or channel itself; for other kinds the type of the word. */
  readonly type: Type;
}

/** Elements of an array inside a type that are looked at. */
const MAX_ELEMENTS = 32;
/** Checks of one type. */
const MAX_CHECKS = 512;
/** Structs in structs. */
const MAX_DEPTH = 64;

/** Lists the checks of a type, by ascending offset, the first few hundred of them. */
export function listChecks(type: Type): readonly Check[] {
  const checks: Check[] = [];
  addChecks(checks, type, 0, 0);
  return isMapGroup(type)
    ? checks.map((check) => (check.kind === CheckKind.STRING ? { ...check, kind: CheckKind.MAP_STRING } : check))
    : checks;
}

function addChecks(checks: Check[], type: Type, offset: number, depth: number): void {
  if (checks.length >= MAX_CHECKS || depth > MAX_DEPTH) return;
  switch (type.kind) {
    case Kind.Bool:
      checks.push({ offset, kind: CheckKind.BOOL, type });
      break;
    case Kind.String:
      checks.push({ offset, kind: CheckKind.STRING, type });
      break;
    case Kind.Slice:
      if (type.elem !== undefined) checks.push({ offset, kind: CheckKind.SLICE, type: type.elem });
      break;
    case Kind.Interface:
      checks.push({ offset, kind: type.methodCount === 0 ? CheckKind.EMPTY_INTERFACE : CheckKind.INTERFACE, type });
      break;
    case Kind.Pointer:
      if (type.elem !== undefined) addPointer(checks, offset, type.elem);
      break;
    case Kind.Map:
      checks.push({ offset, kind: CheckKind.MAP, type });
      break;
    case Kind.Chan:
      checks.push({ offset, kind: CheckKind.CHANNEL, type });
      break;
    case Kind.Func:
      checks.push({ offset, kind: CheckKind.FUNC, type });
      break;
    case Kind.Array:
      addArray(checks, type, offset, depth);
      break;
    case Kind.Struct:
      addStruct(checks, type, offset, depth);
      break;
  }
}

function addArray(checks: Check[], { elem, length }: Type, offset: number, depth: number): void {
  if (elem === undefined) return;
  for (let i = 0; i < Math.min(length, MAX_ELEMENTS); i++) {
    const before = checks.length;
    addChecks(checks, elem, offset + i * elem.size, depth + 1);
    if (checks.length === before) break;
  }
}

function addStruct(checks: Check[], type: Type, offset: number, depth: number): void {
  const elem = atomicPointerElem(type);
  if (elem !== undefined) {
    addPointer(checks, offset, elem);
    return;
  }
  const { name, fields } = type;
  if (name === "sync/atomic.Bool") {
    checks.push({ offset, kind: CheckKind.BOOL, type });
    return;
  }
  for (const [i, field] of fields.entries()) {
    const at = offset + field.offset;
    if (i === 0 && isClosureEntry(type)) {
      checks.push({ offset: at, kind: CheckKind.FUNCTION_ENTRY, type: field.type });
    } else if (field.name === "r" && (name === "time.Timer" || name === "time.Ticker")) {
      // Until Go 1.22 the two are laid out alike; only a ticker has a period.
      const period = field.type.fields.find((inner) => inner.name === "period");
      const kind = name === "time.Ticker" ? CheckKind.NOT_ZERO : CheckKind.ZERO;
      if (period !== undefined) checks.push({ offset: at + period.offset, kind, type: period.type });
      addChecks(checks, field.type, at, depth + 1);
    } else {
      addChecks(checks, field.type, at, depth + 1);
    }
  }
}

function addPointer(checks: Check[], offset: number, elem: Type): void {
  checks.push({ offset, kind: isTrieNode(elem) ? CheckKind.TRIE_NODE : CheckKind.POINTER, type: elem });
}

/** Whether a struct is what the compiler describes a closure by: struct { F uintptr; … }, until Go 1.20 `.F`. */
export function isClosureEntry(type: Type): boolean {
  const first = type.kind === Kind.Struct && !type.isNamed ? type.fields[0] : undefined;
  return (first?.name === "F" || first?.name === ".F") && first.type.kind === Kind.Uintptr;
}

/** Whether a type is what the compiler made to hold the entries of a map: a bucket, since Go 1.24 a group. */
export function isMapGroup({ string }: Type): boolean {
  return string.startsWith("map.bucket[") || string.startsWith("map.group[");
}

/** Whether a type is that of a key and an element of a Go ≥ 1.24 map, which stand in groups and nowhere else. */
export function isEntryOfMap({ kind, isNamed, fields }: Type): boolean {
  return (
    kind === Kind.Struct && !isNamed && fields.length === 2 && fields[0]!.name === "key" && fields[1]!.name === "elem"
  );
}
