/** A Terminal that remembers what was shown on it. */
import { Readable, Writable } from "node:stream";
import { createLineReader } from "../../src/cli/terminal/line-reader.ts";
import { createProgressBar } from "../../src/cli/terminal/progress-bar.ts";
import { createStyle } from "../../src/cli/terminal/style.ts";
import type { Terminal } from "../../src/cli/terminal/terminal.ts";
import type { TerminalStream } from "../../src/cli/terminal/terminal-stream.ts";

export interface TestTerminal extends Terminal {
  outputText(): string;
  errorText(): string;
}

export interface TestTerminalOptions {
  readonly outputIsTerminal?: boolean;
  readonly errorsAreTerminal?: boolean;
  readonly inputIsTerminal?: boolean;
  readonly isColored?: boolean;
  /** Characters of a line of the terminal. */
  readonly columns?: number;
  readonly input?: Uint8Array;
  readonly directory?: string;
  readonly stateDirectory?: string;
  readonly stepSummary?: string;
  readonly signal?: AbortSignal;
  readonly debug?: boolean;
}

export function testTerminal(options: TestTerminalOptions = {}): TestTerminal {
  const output = recordingStream(options.outputIsTerminal ?? false, options.columns);
  const errors = recordingStream(options.errorsAreTerminal ?? false, options.columns);
  return {
    // The descriptor only has to be something that is no regular file.
    input: { fd: 1, stream: () => Readable.from([options.input]), isTTY: options.inputIsTerminal ?? false },
    output: output.stream,
    errors: errors.stream,
    outputStyle: createStyle(options.isColored ?? false),
    errorStyle: createStyle(options.isColored ?? false),
    bar: createProgressBar(errors.stream),
    // What input the terminal has by then: tests give it another.
    openLineReader(lineOptions) {
      return createLineReader(this.input.stream(), this.output, this.input.isTTY, lineOptions);
    },
    directory: options.directory ?? process.cwd(),
    stateDirectory: options.stateDirectory,
    stepSummary: options.stepSummary,
    signal: options.signal ?? new AbortController().signal,
    debug: options.debug ?? false,
    // In this process: there may be no build of gohd.
    processes: {
      cores: 2,
      freeMemory: 1e9,
      async run(args, signal) {
        const { runCommandLine } = await import("../../src/cli/program.ts");
        const another = testTerminal({ ...options, signal });
        return { code: await runCommandLine(args, another), signal: null, errors: another.errorText() };
      },
    },
    outputText: output.text,
    errorText: errors.text,
  };
}

function recordingStream(isTTY: boolean, columns = 100): { stream: TerminalStream; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      // A Buffer's slice is no copy, and the writer may use its own again.
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns }), text: () => Buffer.concat(chunks).toString() };
}
