/** IndexKey: what an index was made of, and how. An index is used only for the very same. */
import { UnusableIndexError } from "./file/unusable-index.ts";
import type { FileIdentity } from "./identity.ts";

export interface IndexKey {
  readonly dump: FileIdentity;
  /** The executable, and the file with names; null without. */
  readonly executable: FileIdentity | null;
  readonly symbols: FileIdentity | null;
  /** `--force-exe` and `--salvage`. */
  readonly isForced: boolean;
  readonly isSalvaged: boolean;
}

/** @throws UnusableIndexError that tells in what they differ */
export function compareKeys(found: unknown, wanted: IndexKey): void {
  const known = (found ?? {}) as Partial<IndexKey>;
  compareFiles(known.dump, wanted.dump, "dump", "");
  compareFiles(known.executable, wanted.executable, "executable", "--exe");
  compareFiles(known.symbols, wanted.symbols, "symbol file", "--symbols");
  if (known.isForced !== wanted.isForced) throw differs("--force-exe", wanted.isForced);
  if (known.isSalvaged !== wanted.isSalvaged) throw differs("--salvage", wanted.isSalvaged);
}

function compareFiles(
  known: FileIdentity | null | undefined,
  wanted: FileIdentity | null,
  what: string,
  option: string,
): void {
  if ((known ?? null) === null && wanted === null) return;
  if (wanted === null || (known ?? null) === null) throw differs(option, wanted !== null);
  const { size, modified, samples } = known!;
  if (size === wanted.size && modified === wanted.modified && samples === wanted.samples) return;
  throw new UnusableIndexError(`it is of another ${what}, or the ${what} was written since`);
}

function differs(option: string, isWanted: boolean): UnusableIndexError {
  return new UnusableIndexError(`it was made ${isWanted ? "without" : "with"} ${option}`);
}
