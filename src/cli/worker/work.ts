/** The worker's whole life: runs one command line, then tells the exit code. */
import { finished } from "node:stream/promises";
import type { MessagePort } from "node:worker_threads";
import { type Temporary, watchTemporaries } from "../../io/temporaries/temporary.ts";
import { runCommandLine } from "../program.ts";
import type { FromWorker, WorkOrder } from "./messages.ts";
import { createRemoteTerminal } from "./remote-terminal.ts";

/** Does the work that `order` asks for; `port` leads to the main thread. */
export async function work(port: MessagePort, order: WorkOrder): Promise<void> {
  const post = (message: FromWorker): void => port.postMessage(message);
  const tell = (isGone: boolean) => (temporary: Temporary) => post({ type: "temporary", temporary, isGone });
  // Who is cut off cannot clean up.
  watchTemporaries({ created: tell(false), gone: tell(true) });
  const terminal = createRemoteTerminal(port, order);
  const exitCode = await runCommandLine(order.args, terminal);
  // What is still on its way has to arrive before the end is told; if it cannot, that was told already.
  terminal.output.end();
  await finished(terminal.output).catch(() => {});
  post({ type: "done", exitCode });
  port.close();
}
