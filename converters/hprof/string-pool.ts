/** StringPool: the names that a file's records refer to by number. All are written before anything refers to them. */
import { ID_SIZE, RecordTag } from "./constants.ts";
import type { HprofWriter } from "./hprof-writer.ts";

const encoder = new TextEncoder();

export class StringPool {
  readonly #ids = new Map<string, number>();

  /** The id of a text, the same for the same text; from 1. */
  intern(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#ids.size + 1;
      this.#ids.set(text, id);
    }
    return id;
  }

  async write(out: HprofWriter): Promise<void> {
    for (const [text, id] of this.#ids) {
      const bytes = encoder.encode(text);
      await out.makeRoom();
      out.record(RecordTag.STRING, ID_SIZE + bytes.length);
      out.u4(id);
      await out.bytes(bytes);
    }
  }
}
