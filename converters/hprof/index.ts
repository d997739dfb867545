/**
 * `--to hprof`: Java's heap dump format, for Eclipse MAT (tried with 1.17), VisualVM (2.1.5) and whatever else reads it.
 * Every object is an instance or an array of a class that is called as its Go type; each package variable is a class with
 * static fields, goroutines are threads with stacks.
 *
 * What is lost: fields of structs in arrays, whose pointers are called by their word; numbers
 * that have no place beside Java's header; pointers into the middle of an object, which are pointers to it; pointers of
 * garbage to what is live; the allocation profile.
 */
import { CONVERTER_API_VERSION, defineConverter } from "../../src/index.ts";
import { writeHeapFile } from "./heap-file.ts";
import { HOLDINGS, OPTIONS } from "./options.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "hprof",
  description: "Java heap dump, for Eclipse MAT, VisualVM and other readers of HPROF",
  output: { kind: "file", extension: "hprof", binary: true },
  holds: HOLDINGS,
  options: OPTIONS,
  uses: () => [],
  async convert(heap, sink, options, progress) {
    const { unreachable, contents, "whole-texts": wholeTexts } = options;
    await writeHeapFile({ heap, unreachable, contents, wholeTexts }, sink, progress);
  },
});
