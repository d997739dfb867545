/** A browser's worker that is sent a dump and its executable, and answers with figures. */
import { computeFigures, type HeapFigures } from "./heap-figures.ts";

interface Task {
  readonly dump: Uint8Array;
  readonly executable: Uint8Array;
}

/** What of a worker's global scope is used; the compiler knows Node's only. */
interface WorkerScope {
  onmessage: (event: { readonly data: Task }) => void;
  postMessage(answer: { readonly figures: HeapFigures } | { readonly error: string }): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { dump, executable } }) => {
  computeFigures(dump, executable).then(
    (figures) => scope.postMessage({ figures }),
    (error: Error) => scope.postMessage({ error: error.stack ?? error.message }),
  );
};
