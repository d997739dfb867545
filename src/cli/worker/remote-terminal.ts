/** The terminal as the worker sees it: everything goes through messages to the main thread, which has the real one. */
import { EventEmitter, on } from "node:events";
import { createReadStream, fstatSync } from "node:fs";
import { Socket } from "node:net";
import { availableParallelism } from "node:os";
import { type Readable, Writable } from "node:stream";
import type { MessagePort } from "node:worker_threads";
import { createFurtherProcesses } from "../terminal/further-processes.ts";
import type { LineReader, LineReaderOptions } from "../terminal/line-reader.ts";
import { NO_BAR, type ProgressBar } from "../terminal/progress-bar.ts";
import { createStyle } from "../terminal/style.ts";
import { Interruption, type Terminal } from "../terminal/terminal.ts";
import type { TerminalStream } from "../terminal/terminal-stream.ts";
import { type FromWorker, SharedFigure, type SystemError, type ToWorker, type WorkOrder } from "./messages.ts";
import { startPoolThread } from "./pool-threads.ts";

const STANDARD_INPUT_FD = 0;

/** Makes the terminal; from now on it takes all messages of `port`. */
export function createRemoteTerminal(port: MessagePort, order: WorkOrder): Terminal {
  const { directory, stateDirectory, stepSummary, debug, figures } = order;
  const controller = new AbortController();
  const lines = new EventEmitter();
  const output = new RemoteOutput(port);
  const size = (figure: number) => () => figures[figure] || undefined;
  port.on("message", (message: ToWorker) => {
    switch (message.type) {
      case "abort":
        controller.abort(new Interruption(message.signalNumber));
        output.giveUp(controller.signal.reason);
        break;
      case "written":
        output.answer(message.error);
        break;
      case "line":
        lines.emit("line", message.line);
        break;
      case "history":
        lines.emit("history", message.lines);
        break;
      case "interrupt":
        lines.emit("interrupt");
        break;
      case "lines-ended":
        lines.emit("end");
        break;
    }
  });
  return {
    input: { fd: STANDARD_INPUT_FD, stream: openStandardInput, isTTY: order.inputIsTTY },
    output: asTerminal(output, order.outputIsTTY, size(SharedFigure.OUTPUT_COLUMNS), size(SharedFigure.OUTPUT_ROWS)),
    errors: asTerminal(createRemoteErrors(port), order.errorsAreTTY, size(SharedFigure.ERRORS_COLUMNS)),
    outputStyle: createStyle(order.mayColor && order.outputIsTTY),
    errorStyle: createStyle(order.mayColor && order.errorsAreTTY),
    bar: order.errorsAreTTY ? createRemoteBar(port, figures) : NO_BAR,
    openLineReader: (options) => openRemoteLines(port, lines, options),
    directory,
    stateDirectory,
    stepSummary,
    debug,
    processes: createFurtherProcesses(order.processes),
    signal: controller.signal,
    threads: { start: startPoolThread, cores: availableParallelism() },
  };
}

function post(port: MessagePort, message: FromWorker, moved: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, moved);
}

/** A copy that can be moved to the other thread: the writer may use its own again, and it may be part of a larger one. */
function copy(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(chunk);
}

/** Standard output; each chunk waits until the main thread has written it, so a slow reader slows the work down. */
class RemoteOutput extends Writable {
  readonly #port: MessagePort;
  #waiting: ((error?: Error | null) => void) | undefined;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#waiting = done;
    const bytes = copy(chunk);
    post(this.#port, { type: "output", bytes }, [bytes.buffer]);
  }

  answer(error: SystemError | undefined): void {
    const done = this.#waiting;
    this.#waiting = undefined;
    done?.(error === undefined ? null : Object.assign(new Error(error.message), error));
  }

  /** Waits no more for a reader that may never come. */
  giveUp(reason: Error): void {
    this.destroy(reason);
    this.answer(undefined);
  }
}

function createRemoteErrors(port: MessagePort): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const bytes = copy(chunk);
      post(port, { type: "errors", bytes }, [bytes.buffer]);
      done();
    },
  });
}

function asTerminal(
  stream: Writable,
  isTTY: boolean,
  columns: () => number | undefined,
  rows: () => number | undefined = () => undefined,
): TerminalStream {
  // Whoever writes finds out by itself that a write failed.
  stream.on("error", () => {});
  return Object.defineProperties(stream, { isTTY: { value: isTTY }, columns: { get: columns }, rows: { get: rows } });
}

function createRemoteBar(port: MessagePort, figures: Float64Array): ProgressBar {
  return {
    phase(name, total, unit) {
      figures[SharedFigure.DONE] = 0;
      post(port, { type: "phase", name, total, unit });
    },
    update(done) {
      figures[SharedFigure.DONE] = done;
    },
    stop: () => post(port, { type: "stop" }),
  };
}

function openRemoteLines(
  port: MessagePort,
  lines: EventEmitter,
  { history, historySize, onHistory, onInterrupt }: LineReaderOptions,
): LineReader {
  // From now on, because lines may come before somebody asks for them.
  const incoming = on(lines, "line", { close: ["end"] });
  lines.on("history", onHistory);
  lines.on("interrupt", onInterrupt);
  post(port, { type: "open-lines", history, historySize });
  return {
    prompt: (text) => post(port, { type: "prompt", text }),
    close() {
      post(port, { type: "close-lines" });
      lines.emit("end");
    },
    async *[Symbol.asyncIterator]() {
      for await (const [line] of incoming) yield line as string;
    },
  };
}

/** Descriptor 0 as a stream, read by this thread itself. */
function openStandardInput(): Readable {
  const stats = fstatSync(STANDARD_INPUT_FD);
  // A blocked read of a pipe in node's thread pool would keep the process from ending.
  return stats.isFIFO() || stats.isSocket()
    ? new Socket({ fd: STANDARD_INPUT_FD, readable: true, writable: false })
    : createReadStream("", { fd: STANDARD_INPUT_FD, autoClose: false });
}
