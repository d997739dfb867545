/**
 * NodeFilter: which of all objects are looked at, by their type. Objects are many and types are few, so each type is asked
 * about once.
 */

const UNKNOWN = 0;
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

  /** Whether objects of a node are looked at; -1: those without a type. */
  takes(nodeId: number): boolean {
    const answer = this.#answers[nodeId + 1];
    return answer === undefined || answer === UNKNOWN ? this.#ask(nodeId) : answer === YES;
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
