/**
 * PathTree: owner paths as a tree of numbers, parents first. A path is a root, then steps: a pointer's name and a type each. Texts
 * and fingerprints are made when they are asked for, and are alike for all runs and builds of a program.
 */
import {
  isLibraryMap,
  isLibraryMapBox,
  isLibraryMapEntry,
  libraryMapName,
  withoutLibraryMap,
} from "../../analysis/paths/library-maps.ts";
import { int32Column } from "../../heap/columns.ts";
import { joinVariable } from "../../heap/roots/root-names.ts";
import { fingerprint } from "../fingerprint.ts";

/** Row 0: the whole heap, above all roots. */
export const WHOLE_HEAP = 0;

export type PathKind = "heap" | "variable" | "segment" | "goroutine" | "finalizers" | "other" | "garbage" | "objects";

/** One step of a path. */
export interface PathStep {
  /** "objects" but for the first step, which is a root. */
  readonly kind: PathKind;
  /** Of a root its name; of objects the pointer that leads to them, elements alike: "sessions", "[…]"; "" if none is known. */
  readonly by: string;
  /** The type of the objects; "" of roots. */
  readonly type: string;
  /** Of what hangs on a variable: true if no pointer of the variable leads there, for several things in it share it. */
  readonly isShared?: boolean;
}

/** Steps that are told apart; rows times this stay exact as numbers. */
const MOST_STEPS = 2 ** 24;

export class PathTree {
  readonly #parent = int32Column();
  readonly #step = int32Column();
  readonly #steps: PathStep[] = [];
  readonly #stepNumber = new Map<string, number>();
  /** By the row above and the number of the step, as one number. */
  readonly #row = new Map<number, number>();

  constructor() {
    this.#parent.push(-1);
    this.#step.push(this.stepNumber({ kind: "heap", by: "", type: "" }));
  }

  /** Number of rows. */
  get count(): number {
    return this.#parent.count;
  }

  /** The number of a step. O(length of its names). */
  stepNumber(step: PathStep): number {
    const key = `${step.kind}\0${step.by}\0${step.type}\0${step.isShared === true ? 1 : 0}`;
    let number = this.#stepNumber.get(key);
    if (number === undefined) {
      number = this.#steps.push(step) - 1;
      if (number === MOST_STEPS) throw new Error("bug: more kinds of steps than can be told apart");
      this.#stepNumber.set(key, number);
    }
    return number;
  }

  /** The row one step below another, which is made if there is none. O(1). */
  below(parent: number, stepNumber: number): number {
    const key = parent * MOST_STEPS + stepNumber;
    let row = this.#row.get(key);
    if (row === undefined) {
      row = this.count;
      this.#row.set(key, row);
      this.#parent.push(parent);
      this.#step.push(stepNumber);
    }
    return row;
  }

  /** The row above; -1 of row 0. */
  parentOf(row: number): number {
    return this.#parent.get(row);
  }

  /**
   * The row at or above one that ends with a type: trees of a program's own, whose nodes lead to one another, are one step. Of a
   * sync.Map only what leads to its like at once is: those of all maps have the same types, and another one may be in an entry.
   */
  findType(from: number, type: string): number | undefined {
    const above = this.stepOf(from).type;
    if (isLibraryMap(type) || isLibraryMapEntry(type)) return above === type ? from : undefined;
    if (isLibraryMapBox(above, type)) return undefined;
    for (let row = from; row > WHOLE_HEAP; row = this.parentOf(row)) if (this.stepOf(row).type === type) return row;
    return undefined;
  }

  /** The last step of a path. */
  stepOf(row: number): PathStep {
    return this.#steps[this.#step.get(row)]!;
  }

  /** All steps of a path, the root's first; none of the whole heap. */
  stepsOf(row: number): PathStep[] {
    const steps: PathStep[] = [];
    for (let at = row; at > WHOLE_HEAP; at = this.parentOf(at)) steps.push(this.stepOf(at));
    return steps.reverse();
  }

  /** The root that a path begins with: a row right below the whole heap, or that itself. */
  rootOf(row: number): number {
    let root = row;
    while (this.parentOf(root) > WHOLE_HEAP) root = this.parentOf(root);
    return root;
  }

  /** Puts all rows of another tree into this one. Returns for each of them its row here. O(rows of the other). */
  include(other: PathTree): Int32Array {
    const here = new Int32Array(other.count);
    const steps = Int32Array.from(other.#steps, (step) => this.stepNumber(step));
    for (let row = 1; row < other.count; row++) {
      here[row] = this.below(here[other.parentOf(row)]!, steps[other.#step.get(row)]!);
    }
    return here;
  }

  /** Twelve hex digits that are the same for the same path wherever it is. O(length). */
  fingerprintOf(row: number): string {
    return fingerprint("path", ...this.stepsOf(row).flatMap(keyOf));
  }

  /** The type of what a path ends with; "" of roots. Of the inside of a sync.Map that. */
  typeOf(row: number): string {
    const { type } = this.stepOf(row);
    return libraryMapName(type) ?? type;
  }

  /**
   * A path as Go writes it: "main.store.sessions[…].history", "goroutine main.relay: r.outgoing[…]". What no pointer of the thing
   * above leads to, because several things there share it, is told by its type: "main.store.(main.Session)". Two paths may be
   * called alike if values of several types are behind one pointer: their fingerprints differ. Where no variable is known, the path
   * begins with a type: "main.shop.orders". O(length).
   */
  textOf(row: number): string {
    const [root, ...steps] = this.stepsOf(row);
    if (root === undefined) return "";
    let text = root.by;
    let above = root.kind === "variable" ? "*" : "";
    for (const { by, type, isShared } of steps) {
      const name = withoutLibraryMap(by, above, type);
      const shown = libraryMapName(type) ?? type;
      if (above === "" && name === "" && root.kind === "segment") text = shown;
      else if (above === "") text = `${text}: ${name === "" ? shown : name}`;
      else if (name !== "") text = joinVariable(text, name);
      else if (isShared === true) text = joinVariable(text, `(${type})`);
      else if (by === "" && !isOneWord(above, type)) text += `.(${type})`;
      above = type;
    }
    return text;
  }
}

function keyOf({ kind, by, type, isShared }: PathStep): string[] {
  return isShared === true ? [kind, by, type, "shared"] : [kind, by, type];
}

/** Whether what has the pointer is nothing but that pointer, with a length perhaps, which needs no name. */
function isOneWord(above: string, type: string): boolean {
  return above.startsWith("*") || above === `${type} (slice header)` || type === `${above} (its bytes)`;
}
