/**
 * GroupNames: what the frames of `--profile retained` are called. Names are alike in two dumps of one process, so that these
 * can be compared: how long lists are, which goroutine it is and how many others hold a thing is in none, unless asked for.
 */
import {
  DominatorGroupKind,
  type DominatorGroups,
  findEntryFunction,
  findNamingCall,
  findUse,
  frameFunctionName,
  goroutineState,
  groupFieldName,
  type Heap,
  type HeapValues,
  INFERRED_MARK,
  labelUse,
  printedFunctionName,
  RootVertexKind,
  rootVertexName,
} from "../../src/index.ts";

/** What is too deep, and what is too small, for frames of its own. */
export const DEEPER = "…";
export const SMALLER = "(smaller)";

/** Roots that are named of those that hold something together. */
const SHOWN_HOLDERS = 3;

/** What root groups are called; the virtual root and (GC roots) have no frame. */
const GROUP_NAMES: Readonly<Record<number, string>> = {
  [RootVertexKind.UNREACHABLE]: "unreachable",
  [RootVertexKind.GLOBALS]: "globals",
  [RootVertexKind.GOROUTINES]: "goroutines",
  [RootVertexKind.FINALIZERS]: "finalizers",
  [RootVertexKind.OTHER]: "other roots",
};

/** What holds objects that no single root holds alone; they get a frame that says so. */
const SHARED_NAMES: Readonly<Record<number, string>> = {
  [RootVertexKind.GC_ROOTS]: "several kinds of roots",
  [RootVertexKind.GLOBALS]: "several globals",
  [RootVertexKind.GOROUTINES]: "several goroutines",
};

export interface GroupNameOptions {
  /** Whether names say how long runs are. */
  readonly withRunLengths: boolean;
  /** Whether a row may stand for several goroutines. */
  readonly mergeGoroutines: boolean;
  /** Whether the groups are of the owner tree, with what containers are made of in the thing itself. */
  readonly areOwned?: boolean;
  /** What is in use; left out, frames say nothing of lengths. */
  readonly values?: HeapValues | undefined;
}

export class GroupNames {
  readonly #heap: Heap;
  readonly #groups: DominatorGroups;
  readonly #options: GroupNameOptions;
  readonly #spell: (name: string) => string;

  /** @param spell makes what is shown of the name of a type, a variable or a function */
  constructor(heap: Heap, groups: DominatorGroups, options: GroupNameOptions, spell: (name: string) => string) {
    this.#heap = heap;
    this.#groups = groups;
    this.#options = options;
    this.#spell = spell;
  }

  /** The frame's name: "head main.Node ×n", as in a declaration; undefined for what has no frame. */
  of(row: number): string | undefined {
    const groups = this.#groups;
    switch (groups.kind[row]) {
      case DominatorGroupKind.DEEPER:
        return DEEPER;
      case DominatorGroupKind.SMALLER:
        return SMALLER;
      case DominatorGroupKind.ROOT_VERTEX:
        return this.#ofRootVertex(row);
      default:
        return this.#ofObjects(row);
    }
  }

  /** File and line of a stack frame, "" and 0 where they are not known; undefined for other rows, which are no functions. */
  place(row: number): { readonly file: string; readonly line: number } | undefined {
    const { goroutines } = this.#heap;
    const { calls } = goroutines;
    if (this.#rootKind(row) !== RootVertexKind.FRAME) return undefined;
    if (calls === undefined) return { file: "", line: 0 };
    const call = findNamingCall(goroutines, calls, this.#itemOf(row));
    return { file: calls.names[calls.file[call]!]!, line: calls.line[call]! };
  }

  /** Id of the goroutine that a row stands for; 0 if that is something else, or several. */
  goroutineId(row: number): number {
    const isOne = this.#groups.members[row] === 1 && this.#rootKind(row) === RootVertexKind.GOROUTINE;
    return isOne ? this.#heap.goroutines.id[this.#itemOf(row)]! : 0;
  }

  /** What is said between a group of roots and objects that none of these roots holds alone. */
  shared(row: number): string | undefined {
    const above = this.#rootKind(this.#groups.parent[row]!);
    return above === undefined || this.#rootKind(row) !== undefined ? undefined : SHARED_NAMES[above];
  }

  /** "held by main.main app, main.work app, others": the roots that hold objects together, as far as they are known. */
  holders(row: number): string | undefined {
    const holders = this.#groups.holders.get(row);
    if (holders === undefined) return undefined;
    const names = holders.names.slice(0, SHOWN_HOLDERS).map(this.#spell);
    if (holders.count > names.length) names.push("others");
    return `held by ${names.join(", ")}`;
  }

  /** RootVertexKind; undefined for rows that are none. */
  #rootKind(row: number): number | undefined {
    if (this.#groups.kind[row] !== DominatorGroupKind.ROOT_VERTEX) return undefined;
    return this.#heap.roots.vertices.kind[this.#rootOf(row)];
  }

  /** The root vertex that a row stands for. */
  #rootOf(row: number): number {
    return this.#groups.vertex[row]! - this.#heap.objects.count;
  }

  /** What that is: a goroutine's row, a frame's. */
  #itemOf(row: number): number {
    return this.#heap.roots.vertices.item[this.#rootOf(row)]!;
  }

  #ofRootVertex(row: number): string | undefined {
    const root = this.#rootOf(row);
    const kind = this.#rootKind(row)!;
    switch (kind) {
      case RootVertexKind.ROOT:
      case RootVertexKind.GC_ROOTS:
        return undefined;
      case RootVertexKind.VARIABLE:
        return `global ${this.#spell(rootVertexName(this.#heap, root))}`;
      case RootVertexKind.FRAME:
        // The line has a place of its own in profiles.
        return frameFunctionName(this.#heap.goroutines, this.#itemOf(row));
      case RootVertexKind.GOROUTINE:
        return this.#ofGoroutine(this.#itemOf(row));
      default:
        return GROUP_NAMES[kind] ?? this.#spell(rootVertexName(this.#heap, root));
    }
  }

  /** "goroutines [chan receive] main.worker", or "goroutine 17 …" where each is told apart. */
  #ofGoroutine(index: number): string {
    const { goroutines } = this.#heap;
    const which = this.#options.mergeGoroutines ? "goroutines" : `goroutine ${goroutines.id[index]}`;
    const entry = findEntryFunction(goroutines, index);
    const name = entry === undefined ? "" : ` ${this.#spell(printedFunctionName(entry))}`;
    return `${which} [${goroutineState(goroutines, index)}]${name}`;
  }

  #ofObjects(row: number): string {
    const { type, field, generations, inferred, objects, names } = this.#groups;
    const mark = inferred[row]! > 0 && inferred[row] === objects[row] ? INFERRED_MARK : "";
    const length = generations[row]! > 1 ? ` ×${this.#options.withRunLengths ? generations[row] : "n"}` : "";
    const by = field[row]! < 0 ? "" : this.#fieldName(row, names[field[row]!]!);
    const use = this.#useOf(row);
    return `${by === "" ? "" : `${by} `}${mark}${this.#spell(this.#heap.types.names[type[row]!]!)}${length}${use}`;
  }

  #fieldName(row: number, name: string): string {
    return withoutElement(this.#options.areOwned === true ? groupFieldName(this.#heap, this.#groups, row) : name);
  }

  /** ", len 30 of cap 16,384" of a row that stands for one thing. */
  #useOf(row: number): string {
    const { values } = this.#options;
    const { members, parts, vertex } = this.#groups;
    if (values === undefined || members[row]! - parts[row]! !== 1) return "";
    const use = findUse(this.#heap, values, vertex[row]!);
    return use === null ? "" : `, ${labelUse(use)}`;
  }
}

/** That it is an element of an array says the array's own frame. */
function withoutElement(field: string): string {
  return field.replace(/^\[…?\]\.?/, "");
}
