/**
 * `--to dot`: a picture of the heap in the DOT language, for Graphviz (tried with 2.43 and 16.1) and whatever else reads
 * DOT. Three graphs: the dominator tree, references around an object or type, references between types.
 *
 * What is lost: nearly everything. A picture has at most some hundred nodes; it says what it leaves out.
 */
import { CONVERTER_API_VERSION, defineConverter } from "../../src/index.ts";
import { writeDot } from "./dot-writer.ts";
import { drawHeap, listUses } from "./draw.ts";
import { DOT_OPTIONS, PICTURE_HOLDINGS } from "./options.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "dot",
  description: "picture of who holds what, for Graphviz (dot -Tsvg); --to svg renders it directly",
  output: { kind: "file", extension: "dot", binary: false },
  holds: PICTURE_HOLDINGS,
  options: DOT_OPTIONS,
  uses: listUses,
  async convert(heap, sink, options, progress) {
    const picture = await drawHeap(heap, options, progress);
    const writer = await sink.open();
    await writer.write(Buffer.from(writeDot(picture)));
    await writer.close();
  },
});
