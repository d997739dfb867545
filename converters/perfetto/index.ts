/**
 * `--to perfetto`: a trace with a heap graph, for ui.perfetto.dev (Heap Dump Explorer) and Perfetto's trace processor (tried with 55.3).
 * Every object is one, of its Go type and exact size, every pointer a reference with the field's name; roots are objects of 0 bytes
 * that are called as they are. No contents, and no addresses.
 *
 * What is lost: ids of goroutines, the local variables' frames beyond their names, allocation stacks, addresses, contents, keys of maps.
 */
import { CONVERTER_API_VERSION, defineConverter } from "../../src/index.ts";
import { identifyGraph, processName } from "./identity.ts";
import { writeTrace } from "./trace.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "perfetto",
  description: "heap graph for ui.perfetto.dev: classes, dominators, flame graph, SQL; no contents",
  output: { kind: "file", extension: "pftrace", binary: true },
  holds: { addresses: false, contents: [] },
  options: {
    unreachable: {
      type: "boolean",
      default: true,
      description: "write garbage, as unreachable objects",
      off: "leave out garbage, which no GC root leads to",
    },
    process: {
      type: "string",
      default: "",
      description: "the name of the process; if not given, that of the executable or of the dump",
    },
    time: {
      type: "string",
      default: "",
      description:
        "when the dump was written, as in 2026-11-28T10:30:00Z; if not given, the time of the last garbage collection",
    },
  },
  uses: () => [],
  async convert(heap, sink, options, progress) {
    const { unreachable, process, time } = options;
    const identity = identifyGraph(heap, time, progress);
    await writeTrace({ heap, identity, processName: processName(heap, process), unreachable }, sink, progress);
  },
});
