/** RootEdgeNames: names of root edges, by row, kept small: a number a row, and every text once. */

import { Names } from "../../heap/columns.ts";

const NAMELESS = -1;

export class RootEdgeNames {
  readonly #index: Int32Array;
  readonly #names = new Names();

  constructor(count: number) {
    this.#index = new Int32Array(count).fill(NAMELESS);
  }

  has(row: number): boolean {
    return this.#index[row] !== NAMELESS;
  }

  set(row: number, name: string): void {
    this.#index[row] = this.#names.number(name);
  }

  /**
   * The function that `Roots.edgeName` is, once the rows have moved.
   * @param rowBefore row that each row was before
   */
  finish(rowBefore: Int32Array): (edge: number) => string | undefined {
    const index = rowBefore.map((row) => this.#index[row]!);
    const { values } = this.#names;
    return (edge) => values[index[edge]!];
  }
}
