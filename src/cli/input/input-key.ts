/** What tells an index whether it is of these files, read in this way. */
import { type FileIdentity, identify } from "../../dump-index/identity.ts";
import type { IndexKey } from "../../dump-index/index-key.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import type { DecodeOptions, InputSources } from "./decoded-dump.ts";

export interface InputKey {
  readonly key: IndexKey;
  /** Of the dump; see `identify`. */
  readonly secret: Uint8Array;
}

/** Undefined if a file is compressed, or comes through a pipe: then there is no telling without reading all of it. */
export function keyOf(
  sources: InputSources,
  { forceExe = false, salvage = false }: DecodeOptions,
): InputKey | undefined {
  const dump = identify(sources.dump);
  const executable = identityOf(sources.executable);
  const symbols = identityOf(sources.symbols);
  if (dump === undefined || executable === undefined || symbols === undefined) return undefined;
  const key = { dump: dump.identity, executable, symbols, isForced: forceExe, isSalvaged: salvage };
  return { key, secret: dump.secret };
}

function identityOf(source: ByteSource | undefined): FileIdentity | null | undefined {
  return source === undefined ? null : identify(source)?.identity;
}
