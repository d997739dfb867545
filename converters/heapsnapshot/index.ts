/**
 * `--to heapsnapshot`: V8's .heapsnapshot, for Chrome DevTools (tried with Chromium 156), memlab (2.0.5) and VS Code
 * (@vscode/v8-heap-parser 0.1.0). Every object is a node, every pointer between objects an edge, every GC root hangs
 * under a group that tells what it is.
 *
 * What is lost: the offset at which a pointer enters its target; contents but for texts of strings and keys of maps; the
 * allocation profile (see `heaptimeline.ts`, `heapprofile.ts`); memory statistics. Objects of 4 GiB and more become several
 * nodes.
 */
import { CONVERTER_API_VERSION, computeContainers, computeValues, defineConverter } from "../../src/index.ts";
import {
  CONTENTS_OPTION,
  INTERNALS_OPTION,
  LENGTHS_OPTION,
  SNAPSHOT_HOLDINGS,
  STRING_LENGTH_OPTION,
  UNREACHABLE_OPTION,
} from "./options.ts";
import { writeSnapshot } from "./snapshot.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "heapsnapshot",
  description: "V8 heap snapshot, for Chrome DevTools' Memory panel, VS Code and memlab",
  output: { kind: "file", extension: "heapsnapshot", binary: false },
  holds: SNAPSHOT_HOLDINGS,
  options: {
    unreachable: UNREACHABLE_OPTION,
    contents: CONTENTS_OPTION,
    internals: INTERNALS_OPTION,
    lengths: LENGTHS_OPTION,
    "string-length": STRING_LENGTH_OPTION,
  },
  uses: ({ internals, lengths }) => [
    ...(internals && !lengths ? [] : [computeContainers]),
    ...(lengths ? [computeValues] : []),
  ],
  async convert(heap, sink, options, progress) {
    const { unreachable, contents, internals, lengths, "string-length": stringLength } = options;
    await writeSnapshot(
      { heap, unreachable, internals, lengths, contents, stringLength, traces: undefined },
      sink,
      progress,
    );
  },
});
