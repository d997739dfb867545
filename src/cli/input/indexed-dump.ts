/**
 * A dump by its index: the heap without reading the dump, if there is an index, and it is of these files. An index that is
 * not used is told of, and why; one that turns out to be damaged later is replaced by the dump itself, and the work begins
 * once more.
 */
import { statSync } from "node:fs";
import { type Image, listArchitectures, openDebugFile, openExecutable } from "../../binary/index.ts";
import { UnusableIndexError } from "../../dump-index/file/unusable-index.ts";
import { type OpenedIndex, readIndex } from "../../dump-index/read-index.ts";
import type { DumpWarning } from "../../heap/facts/dump-info.ts";
import { openFile } from "../../io/sources/file-source.ts";
import type { ByteSource } from "../../io/sources/source.ts";
import { withUnchanged } from "../../io/sources/unchanged.ts";
import type { Progress } from "../../progress.ts";
import { readBuild } from "./build.ts";
import type { DecodeOptions, DumpInput, InputSources } from "./decoded-dump.ts";
import { findDsymFile } from "./dsym.ts";
import type { ExecutableReport } from "./executable-input.ts";
import { keyOf } from "./input-key.ts";
import { standInFor } from "./stand-in.ts";
import { withoutWarnings } from "./warnings.ts";

/** What an index holds of the reading, beside the heap. */
export interface Reading {
  readonly executable: ExecutableReport | null;
  readonly warnings: readonly DumpWarning[];
}

export interface IndexedOptions extends DecodeOptions {
  /** Check all of the index at once, because the work cannot begin once more. */
  readonly isWhole?: boolean;
}

/**
 * Opens a dump by its index.
 * @param index opened; closed with what is returned, or if nothing is
 * @param decode reads the dump itself
 * @returns undefined if the index is not to be used, after a warning
 */
export async function openIndexedDump(
  path: string,
  index: ByteSource,
  options: IndexedOptions,
  decode: (progress: Progress) => Promise<DumpInput>,
  progress: Progress,
): Promise<DumpInput | undefined> {
  const closers = [(): void => index.close()];
  const closeAll = (): void => {
    for (const close of closers) close();
  };
  let isTold = false;
  const refuse = (error: UnusableIndexError): void => {
    if (!isTold) progress.warn("index-unused", `${index.name} is not used: ${error.message}`);
    isTold = true;
  };
  let opened: OpenedIndex;
  let sources: InputSources;
  try {
    sources = openSources(path, options, closers);
    opened = open(index, sources, options, refuse);
    if (options.isWhole === true) opened.verify();
  } catch (error) {
    closeAll();
    if (error instanceof UnusableIndexError) refuse(error);
    // Whatever else is wrong with the files, reading them tells it.
    return undefined;
  }
  const { executable, warnings } = opened.reading as Reading;
  for (const { code, message } of warnings) progress.warn(code, message);
  const standIn = standInFor(opened.heap);
  opened.giveResults(standIn.heap);
  const watched = [sources.dump, sources.executable, sources.symbols].filter((source) => source !== undefined);
  const { salvage = false } = options;
  const watchAll = <T>(work: () => Promise<T>): Promise<T> =>
    watched.reduceRight<() => Promise<T>>(
      (inner, source, i) => () => withUnchanged(source, { progress, ...(i === 0 ? { salvage } : {}) }, inner),
      work,
    )();
  let watch = watchAll;
  return {
    heap: standIn.heap,
    executable: executable === null ? undefined : { ...executable, name: nameOf(sources) },
    async watch(work) {
      try {
        return await watch(work);
      } catch (error) {
        if (!(error instanceof UnusableIndexError)) throw error;
        refuse(error);
        opened.distrust();
        // What there is to warn of was told already.
        const dump = await decode(withoutWarnings(progress));
        closers.push(dump.close);
        standIn.replace(dump.heap);
        watch = dump.watch;
        return watch(work);
      }
    },
    close: closeAll,
  };
}

function nameOf({ executable, symbols }: InputSources): string {
  return (executable ?? symbols)!.name;
}

/** Opens the files where they are; what is compressed has no index. */
function openSources(path: string, { exe, symbols }: DecodeOptions, closers: (() => void)[]): InputSources {
  const openOne = (name: string): ByteSource => {
    if (!statSync(name).isFile()) throw new UnusableIndexError("only plain files can have an index");
    const source = openFile(name);
    closers.push(() => source.close());
    return source;
  };
  const dump = openOne(path);
  const executable = exe === undefined ? undefined : openOne(findDsymFile(exe));
  const other = symbols === undefined || symbols === exe ? executable : openOne(findDsymFile(symbols));
  return { dump, executable, symbols: symbols === undefined ? undefined : other };
}

function openImage({ executable, symbols }: InputSources, arch: string): Pick<Image, "bytes"> {
  const source = (executable ?? symbols)!;
  const open = executable === undefined || executable === symbols ? openDebugFile : openExecutable;
  return (listArchitectures(source).length > 1 ? open(source, { arch }) : open(source)).image;
}

function open(
  index: ByteSource,
  sources: InputSources,
  options: DecodeOptions,
  onDamage: (error: UnusableIndexError) => void,
): OpenedIndex {
  const known = keyOf(sources, options);
  if (known === undefined) throw new UnusableIndexError("gohd cannot tell what it belongs to");
  const { key, secret } = known;
  return readIndex(index, key, secret, readBuild(), sources.dump, (arch) => openImage(sources, arch), onDamage);
}
