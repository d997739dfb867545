/**
 * Opens what the user named as a ByteSource. A plain file is read where it is. What cannot be read at random, because it
 * is compressed or comes through a pipe, is unpacked first: into memory, and beyond a limit into a temporary file.
 */
import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats } from "node:fs";
import { Socket } from "node:net";
import { addAbortSignal, type Readable } from "node:stream";
import { ConverterError, HeapDumpError } from "../../errors.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { type Compression, detectCompression, detectForeignCompression, MAGIC_LENGTH } from "../packing/compression.ts";
import { createGzipUnpacker } from "../packing/gunzip.ts";
import { BeyondUnpackerError, UnpackError } from "../packing/unpacker.ts";
import { createZstdUnpacker } from "../packing/zstd.ts";
import { describeSystemError } from "../system-errors.ts";
import { fileSource } from "./file-source.ts";
import type { ByteSource } from "./source.ts";
import { Spool, type SpoolOptions } from "./spool.ts";
import { withUnchanged } from "./unchanged.ts";

/** How `openSource` opens a file or a stream. */
export interface OpenOptions extends SpoolOptions {
  /** Keep what a damaged or cut compressed file still yields, with a warning, instead of failing. */
  readonly salvage?: boolean;
  readonly progress?: Progress;
  /**
   * Latin-1 texts of which the unpacked bytes ought to begin with one. If they do not, a stream is not read on, for it may
   * never end: the source has what came so far, and the reader can tell what is wrong with it.
   */
  readonly beginnings?: readonly string[];
  /**
   * Asked once of what comes from a stream or is unpacked, before the first of it goes to a file: whether this can be the
   * beginning of something longer. If not, no more is read: nothing fills a disk that no reader would take.
   */
  readonly mayGoOn?: (soFar: ByteSource) => boolean;
  /** What "-" stands for. */
  readonly standardInput?: StandardInput;
}

/** Standard input, as `openSource` needs it. */
export interface StandardInput<Stream extends AsyncIterable<unknown> = AsyncIterable<unknown>> {
  readonly fd: number;
  /** Called only if the descriptor is not a regular file. A Readable of node's, of which the declarations do without. */
  readonly stream: () => Stream;
}

/** Path that stands for standard input. */
export const STANDARD_INPUT = "-";

const CHUNK_SIZE = 1 << 18;

/**
 * Opens `path` ("-" is standard input). A plain regular file costs nothing; everything else is read to its end once.
 * @throws HeapDumpError (`read-failed`, `truncated`); ConverterError when the temporary file cannot be written; on abort
 * the signal's reason.
 */
export async function openSource(path: string, options: OpenOptions = {}): Promise<ByteSource> {
  if (path === STANDARD_INPUT) {
    const { standardInput } = options;
    if (!standardInput) throw new HeapDumpError("there is no standard input here", { code: "read-failed" });
    const { fd, stream } = standardInput;
    const keepOpen = (): void => {};
    const stats = fstatSync(fd);
    if (stats.isFile()) return openRegularFile(fd, "<stdin>", keepOpen, options);
    return unpack(streamChunks(stream() as Readable, "<stdin>", options), "<stdin>", undefined, options);
  }
  const { fd, stats } = openForReading(path);
  if (stats.isFile()) return openRegularFile(fd, path, () => closeSync(fd), options);
  // A blocked read of a pipe in node's thread pool would keep the process from ending, so pipes go through a socket.
  const stream = stats.isFIFO()
    ? new Socket({ fd, readable: true, writable: false })
    : createReadStream(path, { fd, highWaterMark: CHUNK_SIZE });
  return unpack(streamChunks(stream, path, options), path, undefined, options);
}

function openForReading(path: string): { readonly fd: number; readonly stats: Stats } {
  try {
    // Without O_NONBLOCK, opening a named pipe that nobody writes to would block beyond the reach of Ctrl-C.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(fd);
    if (!stats.isDirectory()) return { fd, stats };
    closeSync(fd);
  } catch (error) {
    throw new HeapDumpError(`cannot open ${path}: ${describeSystemError(error)}`, {
      code: "read-failed",
      cause: error,
    });
  }
  throw new HeapDumpError(`cannot open ${path}: it is a directory`, { code: "read-failed" });
}

async function openRegularFile(fd: number, name: string, close: () => void, options: OpenOptions): Promise<ByteSource> {
  const plain = { ...fileSource(fd, name), close };
  let unpacked: ByteSource | undefined;
  try {
    const head = new Uint8Array(MAGIC_LENGTH);
    const length = plain.read(head, 0, MAGIC_LENGTH, 0);
    if (!detectCompression(head.subarray(0, length))) {
      refuseForeign(head.subarray(0, length), name);
      return plain;
    }
    const chunks = fileChunks(plain, options.progress ?? NO_PROGRESS);
    await withUnchanged(plain, options, async () => {
      unpacked = await unpack(chunks, name, plain.size, options);
    });
    close();
    return unpacked!;
  } catch (error) {
    unpacked?.close();
    close();
    throw error;
  }
}

/** Reads a file from its beginning, each chunk in memory of its own. */
async function* fileChunks(source: ByteSource, progress: Progress): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < source.size; position += CHUNK_SIZE) {
    await breathe(progress);
    const chunk = new Uint8Array(CHUNK_SIZE);
    yield chunk.subarray(0, source.read(chunk, 0, CHUNK_SIZE, position));
  }
}

async function* streamChunks(stream: Readable, name: string, options: OpenOptions): AsyncGenerator<Uint8Array> {
  const progress = options.progress ?? NO_PROGRESS;
  try {
    for await (const chunk of addAbortSignal(progress.signal, stream)) {
      progress.signal.throwIfAborted();
      yield chunk as Uint8Array;
    }
  } catch (error) {
    // The stream only knows that it was aborted; the signal knows why.
    progress.signal.throwIfAborted();
    if (error instanceof ConverterError || error instanceof HeapDumpError) throw error;
    throw new HeapDumpError(`cannot read ${name}: ${describeSystemError(error)}`, {
      code: "read-failed",
      cause: error,
    });
  }
}

/** Reads `chunks` to their end into a spool, unpacking them if they are compressed. `total` is their length, if known. */
async function unpack(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
  total: number | undefined,
  options: OpenOptions,
): Promise<ByteSource> {
  const progress = options.progress ?? NO_PROGRESS;
  const spool = new Spool(options);
  let taken = 0;
  let compression: Compression | undefined;
  /** Whether no more is wanted, and whether that was asked. */
  let isOver = false;
  let isAsked = false;
  try {
    const { head, all } = await peek(chunks, MAGIC_LENGTH);
    refuseForeign(head, name);
    compression = detectCompression(head);
    progress.phase(compression ? "unpacking" : "reading", total, "bytes");
    const beginning = new BeginningCheck(options.beginnings ?? [""]);
    const write = (bytes: Uint8Array): void => {
      if (isOver) return;
      beginning.add(bytes);
      if (!isAsked && spool.isFull(bytes.length)) {
        isAsked = true;
        isOver = options.mayGoOn?.(spool.soFar(name)) === false;
        if (isOver) return;
      }
      spool.write(bytes);
      isOver ||= beginning.isWrong;
    };
    const unpacker =
      compression === "gzip"
        ? createGzipUnpacker(write)
        : compression === "zstd"
          ? createZstdUnpacker(write)
          : undefined;
    for await (const chunk of all) {
      if (unpacker) await unpacker.push(chunk);
      else write(chunk);
      taken += chunk.length;
      progress.update(taken);
      if (isOver) break;
    }
    if (!isOver) await unpacker?.finish();
  } catch (error) {
    if (!(error instanceof UnpackError)) {
      spool.discard();
      if (!(error instanceof BeyondUnpackerError)) throw error;
      const { hint } = error;
      throw new HeapDumpError(`${name} ${error.message}`, { code: "unsupported", hint, cause: error });
    }
    const fault = describeFault(error, compression!, name, taken, spool.size);
    if (!options.salvage) {
      spool.discard();
      throw fault;
    }
    progress.warn(`${compression}-${error.truncated ? "truncated" : "damaged"}`, fault.message);
  } finally {
    // However far it was read: an open stream would keep the process waiting.
    await chunks.return(undefined);
  }
  const source = { ...spool.toSource(name), ...(isOver ? { hasMore: true } : {}) };
  return compression === undefined ? source : { ...source, packing: compression };
}

/** Compares the first bytes of what is unpacked, in whatever pieces they come. */
class BeginningCheck {
  /** Those that agree with what came so far. */
  private possible: readonly string[];
  private compared = 0;
  private isKnown = false;

  constructor(expected: readonly string[]) {
    this.possible = expected;
  }

  get isWrong(): boolean {
    return this.possible.length === 0;
  }

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.isKnown ||= this.possible.some(({ length }) => length === this.compared);
      if (this.isKnown || this.isWrong) return;
      const at = this.compared++;
      this.possible = this.possible.filter((text) => text.charCodeAt(at) === byte);
    }
  }
}

function describeFault(fault: UnpackError, compression: Compression, name: string, taken: number, unpacked: number) {
  const what = fault.truncated
    ? `the ${compression} data of ${name} ends too early, after ${taken} compressed bytes`
    : `the ${compression} data of ${name} is damaged near its byte ${taken} (${fault.message})`;
  return new HeapDumpError(`${what}; ${unpacked} bytes could be unpacked`, {
    code: fault.truncated ? "truncated" : "read-failed",
    position: unpacked,
    hint: unpacked === 0 ? "get the file once more" : "get the file once more, or use --salvage to read what there is",
    cause: fault,
  });
}

function refuseForeign(head: Uint8Array, name: string): void {
  const foreign = detectForeignCompression(head);
  if (!foreign) return;
  throw new HeapDumpError(`${name} is compressed by ${foreign.name}, which gohd does not unpack`, {
    code: "unsupported",
    hint: `unpack it on the way: ${foreign.command} … | gohd … -`,
  });
}

/** Reads until `length` bytes (or all) are there; `all` gives everything from the beginning again. */
async function peek(
  chunks: AsyncGenerator<Uint8Array>,
  length: number,
): Promise<{ readonly head: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < length) {
    const { done, value } = await chunks.next();
    if (done) break;
    first.push(value);
    size += value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* chunks;
  }
  return { head: Buffer.concat(first).subarray(0, length), all: all() };
}
