/**
 * MarkedObjects: some of a heap's objects, which may be all of them: a mark for each, because a Set takes no more than 16.7 million.
 */
export class MarkedObjects {
  /** How many are marked. */
  count = 0;
  readonly #marks: Uint8Array;

  /** @param objectCount of the heap; a byte for each */
  constructor(objectCount: number) {
    this.#marks = new Uint8Array(objectCount);
  }

  /** @returns whether it was not marked before */
  add(object: number): boolean {
    if (this.#marks[object] === 1) return false;
    this.#marks[object] = 1;
    this.count++;
    return true;
  }

  remove(object: number): void {
    if (this.#marks[object] !== 1) return;
    this.#marks[object] = 0;
    this.count--;
  }

  /** Those that are marked, ascending. */
  list(): Int32Array {
    const listed = new Int32Array(this.count);
    let count = 0;
    for (let object = 0; count < listed.length; object++) if (this.#marks[object] === 1) listed[count++] = object;
    return listed;
  }
}
