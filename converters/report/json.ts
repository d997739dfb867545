/**
 * `--to json`: the whole report for programs, and the owner tree, folded. The JSON Schema is in the package: `gohd/report.schema.json`.
 * Texts are exact, sizes are in bytes.
 *
 * What is lost: single objects, but for those that are named; nodes of the tree beyond --max-nodes.
 */
import { CONVERTER_API_VERSION, defineConverter, listOwnerNodes, type Report } from "../../src/index.ts";
import { CONTENTS, computeSent, REPORT_ANALYSES, REPORT_HOLDINGS } from "./options.ts";

/** Fewer nodes have no room for the roots and what is folded. */
const LEAST_NODES = 8;

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "json",
  description: "what holds the memory, for programs: the whole report and the owner tree, with a JSON Schema",
  output: { kind: "file", extension: "json", binary: false },
  holds: REPORT_HOLDINGS,
  options: {
    contents: CONTENTS,
    "max-nodes": {
      type: "integer",
      default: 1000,
      min: 0,
      max: 20_000,
      description: "write at most this many nodes of the owner tree, and fold the smallest; 0 leaves the tree out",
    },
  },
  uses: () => REPORT_ANALYSES,
  async convert(heap, sink, options, progress) {
    const { contents } = options;
    const most = options["max-nodes"];
    let report: Report = await computeSent(heap, contents, progress);
    if (most > 0) {
      const tree = await listOwnerNodes(heap, { most: Math.max(LEAST_NODES, most), withContents: contents }, progress);
      report = { ...report, ownerTree: { nodes: tree.nodes, unfolded: tree.unfolded } };
    }
    const writer = await sink.open();
    await writer.write(Buffer.from(`${JSON.stringify(report, null, 2)}\n`));
    await writer.close();
  },
});
