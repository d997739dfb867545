/** UnusableIndexError: an index file that is not to be used, and why, in words that go behind "it is not used: ". */
export class UnusableIndexError extends Error {
  override readonly name = "UnusableIndexError";
}
