/** A sink that packs by gzip what goes through it, for readers that open packed files: Eclipse MAT, Perfetto, zcat. */
import { createGzip, type Gzip } from "node:zlib";
import { ConverterError } from "../../errors.ts";
import type { ByteWriter, CommittableSink } from "./sink.ts";

/** Whether a name is that of a file packed by gzip. */
export function isPackedName(name: string): boolean {
  return /\.gz$/i.test(name);
}

/** Makes a sink whose one output arrives packed in `sink`. A format that needs a real path cannot be packed. */
export function createPackedSink(sink: CommittableSink): CommittableSink {
  let gzip: Gzip | undefined;
  return {
    name: sink.name,
    async open(name) {
      gzip = createGzip();
      return packingWriter(gzip, await sink.open(name));
    },
    async path() {
      throw cannotBePacked(sink.name);
    },
    async scratch() {
      throw cannotBePacked(sink.name);
    },
    commit: () => sink.commit(),
    async discard() {
      gzip?.destroy();
      await sink.discard();
    },
  };
}

/** What was packed is handed on by one loop, which a full pipe or disk holds up, and with it the writes. */
function packingWriter(gzip: Gzip, writer: ByteWriter): ByteWriter {
  const handedOn = (async () => {
    for await (const chunk of gzip) await writer.write(chunk as Uint8Array);
  })();
  // `write` and `close` tell.
  handedOn.catch(() => {});
  return {
    async write(chunk) {
      try {
        await new Promise<void>((resolve, reject) => {
          gzip.write(chunk, (error) => (error ? reject(error) : resolve()));
        });
      } catch (error) {
        // Where handing on fails the loop destroys the stream, whose own error says less.
        await handedOn;
        throw error;
      }
    },
    async close() {
      gzip.end();
      await handedOn;
      await writer.close();
    },
  };
}

function cannotBePacked(name: string): ConverterError {
  return new ConverterError(`${name}: this format cannot be packed while it is written`, {
    hint: "leave .gz out of the name",
  });
}
