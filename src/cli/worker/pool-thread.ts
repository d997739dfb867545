/** A thread of the pool, from its beginning: where the module is that such a thread runs. */
import { parentPort } from "node:worker_threads";
import { collectGarbageBy } from "../../column-memory.ts";
import { fileSource } from "../../io/sources/file-source.ts";
import { KERNELS } from "../../kernels.ts";
import { memoryOf } from "../../workers/memory.ts";
import { serve } from "../../workers/thread.ts";
import { collectGarbage } from "../collect-garbage.ts";
import { askForLargeBlocks } from "./large-blocks.ts";

askForLargeBlocks();
collectGarbageBy(collectGarbage);
const port = parentPort!;
// An order for which there is no memory here: this thread is of no use, and who gave it is not to wait.
port.on("messageerror", (error) => {
  throw error;
});
serve(
  {
    // Large columns are given, not copied: some are as long as the heap.
    answer: (answer) => port.postMessage(answer, "results" in answer ? memoryOf(answer.results) : []),
    onOrder: (listener) => void port.on("message", listener),
    openBytes(descriptor) {
      const { read } = fileSource(descriptor, "the dump");
      return (position, length, into) => read(into, 0, length, position);
    },
  },
  KERNELS,
);
