/**
 * `--to html`: the answer as one page that a browser opens and a colleague can be sent: the sentences of `gohd report`, the owner
 * tree as a picture to explore, tables. No network, nothing to install; opened in Chromium 156 from file://.
 *
 * What is lost: single objects, but for the largest of each box; boxes beyond --max-nodes are folded into those above them; of what grew all but
 * the first rows.
 */
import { CONVERTER_API_VERSION, defineConverter, listOwnerNodes } from "../../src/index.ts";
import { readPageFiles, writeDocument } from "./html-document.ts";
import { CONTENTS, computeSent, REPORT_ANALYSES, REPORT_HOLDINGS } from "./options.ts";
import { makePageData } from "./page-content.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "html",
  description: "what holds the memory, as one page for browsers: sentences, a picture to explore, tables",
  output: { kind: "file", extension: "html", binary: false },
  showsGrowth: true,
  holds: REPORT_HOLDINGS,
  options: {
    contents: CONTENTS,
    "max-nodes": {
      type: "integer",
      default: 10_000,
      min: 100,
      max: 20_000,
      description: "draw at most this many boxes; fold the smallest",
    },
  },
  async check() {
    readPageFiles();
  },
  uses: () => REPORT_ANALYSES,
  async convert(heap, sink, options, progress, growth) {
    const report = await computeSent(heap, options.contents, progress);
    const nodes = await listOwnerNodes(heap, { most: options["max-nodes"], withContents: options.contents }, progress);
    const writer = await sink.open();
    await writer.write(
      Buffer.from(writeDocument(makePageData(heap, report, nodes, options.contents, growth), readPageFiles())),
    );
    await writer.close();
  },
});
