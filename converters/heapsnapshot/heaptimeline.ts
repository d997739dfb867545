/**
 * `--to heaptimeline`: a .heapsnapshot with allocation stacks, which Chrome DevTools (tried with Chromium 156) shows in
 * the pane "Allocation stack" and the view "Allocation". It is an output of its own because the stacks make VS Code refuse
 * the file, and because DevTools shows them only in files of this extension.
 *
 * Only objects that the Go runtime sampled have a stack: one in 512 KiB of allocations unless MemProfileRate was set.
 * Counts and sizes are of sampled allocations, not scaled up. The runtime's own innermost frames are left out, as in
 * Go's heap profiles. What is lost beyond `index.ts`: stacks of freed objects have no objects, times (Go has none).
 */
import { CONVERTER_API_VERSION, defineConverter, hasProgramSamples, WHY_NO_SAMPLES } from "../../src/index.ts";
import { CONTENTS_OPTION, SNAPSHOT_HOLDINGS, STRING_LENGTH_OPTION, UNREACHABLE_OPTION } from "./options.ts";
import { writeSnapshot } from "./snapshot.ts";
import { buildTraceTree } from "./traces/trace-tree.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "heaptimeline",
  description: "heap snapshot with the allocation stacks of sampled objects, for Chrome DevTools",
  output: { kind: "file", extension: "heaptimeline", binary: false },
  holds: SNAPSHOT_HOLDINGS,
  options: {
    unreachable: UNREACHABLE_OPTION,
    contents: CONTENTS_OPTION,
    "string-length": STRING_LENGTH_OPTION,
  },
  uses: () => [],
  async convert(heap, sink, options, progress) {
    if (!hasProgramSamples(heap.memoryProfile)) {
      progress.warn(
        "no-samples",
        `the dump has no sampled objects of the program: none of these has an allocation stack. ${WHY_NO_SAMPLES}`,
      );
    }
    const traces = buildTraceTree(heap.memoryProfile);
    const { unreachable, contents, "string-length": stringLength } = options;
    // A part of a map may have been sampled by itself.
    await writeSnapshot(
      { heap, unreachable, internals: true, lengths: false, contents, stringLength, traces },
      sink,
      progress,
    );
  },
});
