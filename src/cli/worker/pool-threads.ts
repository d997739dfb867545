/** Threads of the pool, as Node has them. They end with the thread that started them, however that ends. */
import { Worker } from "node:worker_threads";
import type { StartThread } from "../../workers/pool.ts";
import { threadMemory } from "./thread-memory.ts";

/** The module beside this one, compiled as this one is. */
const ENTRY = new URL(import.meta.url.replace(/pool-threads(\.\w+)$/, "pool-thread$1"));

export const startPoolThread: StartThread = ({ onAnswer, onGone }) => {
  const worker = new Worker(ENTRY, { resourceLimits: threadMemory() });
  worker.on("message", onAnswer);
  worker.on("error", onGone);
  // An answer for which there is no memory here: nothing else comes of that order.
  worker.on("messageerror", onGone);
  worker.on("exit", (exitCode) => onGone(new Error(`a worker thread ended by exit(${exitCode})`)));
  return { post: (order) => worker.postMessage(order), end: () => void worker.terminate() };
};
