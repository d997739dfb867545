/** Locks: which lock, WaitGroup or Cond of package sync a word is part of, by the fields of the value that it is in. */
import type { TypeTable } from "../../heap/types.ts";

/** The types themselves; a sync.Mutex has one of internal/sync in it since Go 1.24. */
const LOCK = /^(?:internal\/)?(sync\.(?:Mutex|RWMutex|WaitGroup|Cond))$/;
/** The semaphores of each, by the names of their fields; a Mutex has its own inside of another one since Go 1.24. */
const SEMAPHORES: Readonly<Record<string, RegExp>> = {
  "sync.RWMutex": /\.(?:readerSem|writerSem)$/,
  "sync.WaitGroup": /\.sema$/,
};
const OF_MUTEX = /\.mu\.sema$/;
const OF_OLD_MUTEX = /\.sema$/;
const NESTED_SINCE = 24;
/** Structs in structs. */
const MAX_DEPTH = 16;

/** A lock in a value. */
export interface FoundLock {
  /** "sync.Mutex"; "" if the fields tell of none there. */
  readonly type: string;
  /** How the value's type calls it, "stats.mu", "" if the value is the lock; as far as that is known, then "…". */
  readonly field: string;
  /** Bytes from the beginning of the lock to the word. */
  readonly offset: number;
}

/** What a type is called of those that goroutines wait for: "sync.Mutex"; undefined for others. */
export function lockType(name: string): string | undefined {
  return LOCK.exec(name)?.[1];
}

/**
 * How a value's type calls a lock whose semaphore is in it, by the name of that alone: "stats.mu" for "stats.mu.readerSem"; undefined where
 * the name is none of such a lock's.
 * @param minor of the Go version: 24 for Go 1.24
 */
export function lockOfSemaphore(semaphore: string, type: string, minor: number): string | undefined {
  const pattern = type === "sync.Mutex" ? (minor >= NESTED_SINCE ? OF_MUTEX : OF_OLD_MUTEX) : SEMAPHORES[type];
  return pattern?.test(semaphore) === true ? semaphore.replace(pattern, "") : undefined;
}

/** Finds locks in values. Looks at the fields once for each type and place in it. */
export class LockFinder {
  readonly #types: TypeTable;
  /** By row, then by offset. */
  readonly #known = new Map<number, Map<number, FoundLock>>();

  constructor(types: TypeTable) {
    this.#types = types;
  }

  /**
   * Finds the outermost lock that a word is in.
   * @param row of the type table
   * @param offset of the word in a value of the type, or in an element of many
   */
  find(row: number, offset: number): FoundLock {
    let known = this.#known.get(row);
    if (known === undefined) {
      known = new Map();
      this.#known.set(row, known);
    }
    let found = known.get(offset);
    if (found === undefined) {
      found = findLock(this.#types, row, offset);
      known.set(offset, found);
    }
    return found;
  }
}

/** Where a word is in a value or, of many values, in its element. O(1). */
export function offsetInElement({ fields }: TypeTable, row: number, offset: number): number {
  const stride = fields?.stride(row) ?? 0;
  return stride > 0 ? offset % stride : offset;
}

function findLock(types: TypeTable, row: number, offset: number): FoundLock {
  const isMany = (types.fields?.stride(row) ?? 0) > 0;
  let at = offset;
  let field = isMany ? "[…]" : "";
  let inside: number | undefined = row;
  let name = types.names[row]!;
  if (isMany) {
    const element = types.details?.(row)?.element;
    inside = element?.row;
    name = element?.name ?? "";
  }
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = lockType(name);
    if (type !== undefined) return { type, field, offset: at };
    const fields = inside === undefined ? undefined : types.details?.(inside)?.fields;
    const next = fields?.findLast((each) => each.offset <= at && at < each.offset + each.type.size);
    if (next === undefined) break;
    field = field === "" ? next.name : `${field}.${next.name}`;
    at -= next.offset;
    inside = next.type.row;
    name = next.type.name;
  }
  return { type: "", field: field === "" ? "…" : `${field}.…`, offset: at };
}
