/** What a thread of the pool does: it waits for orders, does them, and answers. Knows nothing of the platform's threads. */
import {
  begunAt,
  type Kernel,
  type KernelTable,
  NO_BYTES,
  type PartResult,
  type Parts,
  type ReadBytes,
  takeParts,
} from "./kernel.ts";

/** To the thread. */
export interface Order {
  /** Comes back with the answer. */
  readonly id: number;
  /** Name of a kernel. */
  readonly kernel: string;
  readonly columns: unknown;
  readonly parts: Parts;
  /** Of the bytes that the kernel reads; undefined if it reads none. */
  readonly descriptor: number | undefined;
  /** The thread's number among those that take these parts. */
  readonly thread: number;
}

/** From the thread. */
export type Answer =
  | { readonly id: number; readonly results: readonly PartResult<unknown>[] }
  | { readonly id: number; readonly error: unknown; readonly system?: SystemFields };

/** What tells an error of the operating system, and is lost with a message, which keeps an error's name and text. */
export interface SystemFields {
  readonly code: unknown;
  readonly syscall: unknown;
}

/** The thread's line to who gives orders. */
export interface Line {
  /** @throws if the answer cannot be sent to another thread */
  answer(answer: Answer): void;
  onOrder(listener: (order: Order) => void): void;
  /** Opens for reading what another thread has opened. */
  openBytes(descriptor: number): ReadBytes;
}

/** Serves for the thread's whole life. */
export function serve(line: Line, kernels: KernelTable): void {
  line.onOrder(({ id, kernel: name, columns, parts, descriptor, thread }) => {
    void (async () => {
      try {
        const kernel = (await kernels[name]!()) as Kernel<unknown, unknown>;
        Atomics.store(parts.state, begunAt(thread), 1);
        const read = descriptor === undefined ? NO_BYTES : line.openBytes(descriptor);
        line.answer({ id, results: await takeParts(kernel, columns, parts, read) });
      } catch (error) {
        tellError(line, id, error);
      }
    })();
  });
}

function tellError(line: Line, id: number, error: unknown): void {
  const { code, syscall } = Object(error) as SystemFields;
  const system = code === undefined ? {} : { system: { code, syscall } };
  try {
    line.answer({ id, error, ...system });
  } catch {
    // It holds what no message can.
    line.answer({ id, error: new Error(String(error)) });
  }
}
