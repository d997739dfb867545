/** Options that are whole numbers. */
import { InvalidArgumentError } from "commander";

/** Makes what reads one; Commander says what is wrong with others. */
export function toCount(least: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!Number.isSafeInteger(count) || count < least) {
      throw new InvalidArgumentError(`It is an integer of at least ${least}.`);
    }
    return count;
  };
}
