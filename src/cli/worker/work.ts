/** The worker's whole life: runs one command line, then tells the exit code. */
import { finished } from "node:stream/promises";
import type { MessagePort } from "node:worker_threads";
import { collectGarbageBy } from "../../column-memory.ts";
import { blameForUncaught } from "../../converter/plug-in.ts";
import { type Temporary, watchTemporaries } from "../../io/temporaries/temporary.ts";
import { collectGarbage } from "../collect-garbage.ts";
import { runCommandLine } from "../program.ts";
import { askForLargeBlocks } from "./large-blocks.ts";
import { type FromWorker, SharedFigure, type WorkOrder } from "./messages.ts";
import { createRemoteTerminal } from "./remote-terminal.ts";

/** The worker's thread as its work needs it. */
export interface WorkerMeans {
  /** Calls `listener` with what nobody in this thread caught. */
  onUncaught(listener: (error: Error) => void): void;
  /** Calls `listener` before native code is loaded in this thread. */
  onNativeCode(listener: () => void): void;
}

/** Does the work that `order` asks for; `port` leads to the main thread. */
export async function work(port: MessagePort, order: WorkOrder, means: WorkerMeans): Promise<void> {
  const post = (message: FromWorker): void => port.postMessage(message);
  const tell = (isGone: boolean) => (temporary: Temporary) => post({ type: "temporary", temporary, isGone });
  // Who is cut off cannot clean up.
  watchTemporaries({ created: tell(false), gone: tell(true) });
  means.onNativeCode(() => {
    order.figures[SharedFigure.HAS_NATIVE_CODE] = 1;
  });
  means.onUncaught((error) => {
    const blamed = blameForUncaught(error);
    // Otherwise the thread ends by it, as it would without this handler.
    if (blamed === undefined) throw error;
    post({ type: "failed", message: blamed.message, hint: blamed.hint ?? "", stack: error.stack ?? "" });
  });
  askForLargeBlocks();
  collectGarbageBy(collectGarbage);
  const terminal = createRemoteTerminal(port, order);
  const exitCode = await runCommandLine(order.args, terminal);
  // What is still on its way has to arrive before the end is told; if it cannot, that was told already.
  terminal.output.end();
  await finished(terminal.output).catch(() => {});
  post({ type: "done", exitCode });
  port.close();
}
