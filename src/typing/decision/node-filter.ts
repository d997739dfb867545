/**
 * NodeFilter: which of all objects are looked at, by their type. Objects are many and types are few, so each type is asked
 * about once.
 */

/** Answers; 0 if it was not asked yet. */
const NO = 1;
const YES = 2;

export class NodeFilter {
  readonly #isWanted: (nodeId: number) => boolean;
  /** By node id + 1. */
  #answers = new Uint8Array(1 << 10);

  /** @param isWanted asked once for each node id; -1 stands for objects without a type */
  constructor(isWanted: (nodeId: number) => boolean) {
    this.#isWanted = isWanted;
  }

  /**
   * Index of the first of the words from `from` on whose node is looked at; -1 if there is none.
   * @param shift where a word has its node's id + 1
   */
  find(words: Int32Array, shift: number, from: number): number {
    let answers = this.#answers;
    for (let i = from; i < words.length; i++) {
      const at = words[i]! >>> shift;
      const answer = answers[at];
      if (answer === NO) continue;
      if (answer === YES || this.#ask(at - 1)) return i;
      answers = this.#answers;
    }
    return -1;
  }

  /** Whether objects of a node are looked at. */
  takes(nodeId: number): boolean {
    const answer = this.#answers[nodeId + 1];
    return answer === YES || (answer !== NO && this.#ask(nodeId));
  }

  #ask(nodeId: number): boolean {
    if (nodeId + 1 >= this.#answers.length) {
      const larger = new Uint8Array(Math.max(nodeId + 2, 2 * this.#answers.length));
      larger.set(this.#answers);
      this.#answers = larger;
    }
    const isWanted = this.#isWanted(nodeId);
    this.#answers[nodeId + 1] = isWanted ? YES : NO;
    return isWanted;
  }
}
