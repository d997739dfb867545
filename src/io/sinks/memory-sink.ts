/** A sink that keeps its outputs in memory, for tests and for programs that use gohd as a library. */
import type { CommittableSink } from "./sink.ts";

/** A sink that keeps its outputs in memory. */
export interface MemorySink extends CommittableSink {
  /** The committed outputs by name; a file sink's single output has the name "". */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Makes a sink in memory. It takes one unnamed output or any number of named ones. */
export function createMemorySink(): MemorySink {
  const written = new Map<string, Uint8Array[]>();
  const files = new Map<string, Uint8Array>();
  return {
    name: "<memory>",
    files,
    async open(name = "") {
      if (written.has(name)) throw new Error(`bug: output ${JSON.stringify(name)} was opened twice`);
      const chunks: Uint8Array[] = [];
      written.set(name, chunks);
      return {
        async write(chunk) {
          // Not slice(): a Buffer's slice is no copy.
          chunks.push(new Uint8Array(chunk));
        },
        async close() {},
      };
    },
    async path() {
      throw new Error("memory has no paths");
    },
    async scratch() {
      throw new Error("memory has no paths");
    },
    async commit() {
      let size = 0;
      for (const [name, chunks] of written) {
        const bytes = new Uint8Array(Buffer.concat(chunks));
        files.set(name, bytes);
        size += bytes.length;
      }
      written.clear();
      return size;
    },
    async discard() {
      written.clear();
    },
  };
}
