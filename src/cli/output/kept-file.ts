/**
 * KeptFile: a file that is written anew with every run, such as a test report or a baseline. It replaces one that gohd wrote, and
 * nothing else. It has names and figures, no contents of memory, and is there to be read by others and kept in repositories: its mode
 * is 0644, as that of any file there, less what the umask takes.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createDeviceSink, isWrittenThrough } from "../../io/sinks/device-sink.ts";
import { createFileSink } from "../../io/sinks/file-sink.ts";
import type { CommittableSink } from "../../io/sinks/sink.ts";
import type { Progress } from "../../progress.ts";
import { clearLeftoversIn } from "./output.ts";

const READABLE = 0o644;
/** Bytes of a file that tell who wrote it. */
const HEAD_SIZE = 1 << 10;

export interface KeptFileRequest {
  readonly path: string;
  /** What named it. */
  readonly option: string;
  /** Replace a regular file, whoever wrote it. */
  readonly force: boolean;
  /** Whether a file that begins so is gohd's. */
  isOwn(head: string): boolean;
}

/**
 * Makes the sink. Pipes and devices are written through.
 * @throws ConverterError if the name is that of something else
 */
export function createKeptFile(
  { path, option, force, isOwn }: KeptFileRequest,
  signal: AbortSignal,
  warn: Progress["warn"],
): CommittableSink {
  clearLeftoversIn(dirname(path), warn);
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing !== undefined && isWrittenThrough(existing)) return createDeviceSink(path, signal);
  const isReplaced = existing?.isFile() === true && (force || isOwn(readHead(path)));
  return createFileSink(path, { force: force || isReplaced, option, mode: READABLE });
}

/** Writes all of it, and puts it under its name. */
export async function writeKeptFile(sink: CommittableSink, text: string): Promise<void> {
  try {
    const writer = await sink.open();
    await writer.write(Buffer.from(text));
    await writer.close();
    await sink.commit();
  } finally {
    await sink.discard();
  }
}

function readHead(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(HEAD_SIZE);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, HEAD_SIZE, 0));
  } finally {
    closeSync(file);
  }
}
