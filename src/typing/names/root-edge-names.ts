/** RootEdgeNames: names of root edges, by row, kept small: a number a row, and every text once. */

const NAMELESS = -1;

export class RootEdgeNames {
  readonly #index: Int32Array;
  readonly #texts: string[] = [];
  readonly #indexOf = new Map<string, number>();

  constructor(count: number) {
    this.#index = new Int32Array(count).fill(NAMELESS);
  }

  has(row: number): boolean {
    return this.#index[row] !== NAMELESS;
  }

  set(row: number, name: string): void {
    let index = this.#indexOf.get(name);
    if (index === undefined) {
      index = this.#texts.length;
      this.#texts.push(name);
      this.#indexOf.set(name, index);
    }
    this.#index[row] = index;
  }

  /**
   * The function that `Roots.edgeName` is, once the rows have moved.
   * @param rowBefore row that each row was before
   */
  finish(rowBefore: Int32Array): (edge: number) => string | undefined {
    const index = rowBefore.map((row) => this.#index[row]!);
    const texts = this.#texts;
    return (edge) => texts[index[edge]!];
  }
}
