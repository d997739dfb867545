/**
 * A sink that writes through a named pipe or a character device. Such a thing is opened, and never made, emptied or
 * replaced; what came to have its name meanwhile is refused.
 */
import { closeSync, constants, createWriteStream, fstatSync, openSync, type Stats, statSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { neverReplaced } from "../existing/entry-kinds.ts";
import { cannotWrite } from "../output-errors.ts";
import { systemErrorCode } from "../system-errors.ts";
import type { CommittableSink } from "./sink.ts";
import { sinkOf } from "./stream-sink.ts";

/** How long to wait before looking again whether somebody reads a pipe. */
const RETRY_MS = 50;

const { O_WRONLY, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;

/** Whether something is written through. */
export function isWrittenThrough(stats: Stats): boolean {
  return stats.isFIFO() || stats.isCharacterDevice();
}

/**
 * Makes a sink for the pipe or device `path`, links followed. It is opened when the converter asks for it: for somebody to
 * read a pipe it waits until `signal` is aborted.
 */
export function createDeviceSink(path: string, signal: AbortSignal): CommittableSink {
  return sinkOf(
    {
      open: () => openDevice(path, signal),
      end: (stream) => new Promise((resolve, reject) => stream.once("error", reject).end(resolve)),
      destroy: (stream) => stream.destroy(),
    },
    path,
    signal,
  );
}

async function openDevice(path: string, signal: AbortSignal): Promise<Writable> {
  try {
    const fd = await openAtOnce(path, signal);
    const stats = fstatSync(fd);
    // A write to a pipe in node's thread pool would keep the process from ending, so pipes go through a socket.
    if (stats.isFIFO()) return new Socket({ fd, readable: false, writable: true });
    closeSync(fd);
    if (!stats.isCharacterDevice()) throw neverReplaced(path, stats, "file");
    return createWriteStream(path, { fd: openSync(path, O_WRONLY | O_NOCTTY) });
  } catch (error) {
    signal.throwIfAborted();
    throw cannotWrite(path, error);
  }
}

/** Opening a pipe that nobody reads would block, beyond the reach of signals, unless it is told not to. */
async function openAtOnce(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    } catch (error) {
      if (systemErrorCode(error) !== "ENXIO" || !statSync(path).isFIFO()) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}
