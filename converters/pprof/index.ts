/**
 * `--to pprof`: profiles that go tool pprof, speedscope, Pyroscope and Parca read (github.com/google/pprof,
 * proto/profile.proto); tried with the pprof of Go 1.15 to 1.27 and with speedscope 1.25. README.md says what each
 * profile shows and what is lost; contents and addresses of objects are in none.
 */
import { CONVERTER_API_VERSION, defineConverter } from "../../src/index.ts";
import { buildAllocationProfile } from "./allocation-profile.ts";
import { buildGoroutineProfile } from "./goroutines.ts";
import { buildRetainedProfile } from "./retained.ts";
import { buildSitesProfile } from "./sites.ts";
import { buildTypesProfile } from "./types.ts";
import { warnOfUnusedOptions } from "./unused-options.ts";
import { listUses } from "./uses.ts";
import { writeProfile } from "./writer.ts";

export default defineConverter({
  apiVersion: CONVERTER_API_VERSION,
  name: "pprof",
  description: "retained memory, allocations, goroutines, types or allocation sites, for go tool pprof and speedscope",
  output: { kind: "file", extension: "pb.gz", binary: true, variant: "profile" },
  holds: { addresses: false, contents: [] },
  options: {
    profile: {
      type: "choice",
      values: ["retained", "owned", "heap", "goroutine", "types", "sites"],
      default: "retained",
      description:
        "what to show: retained memory; owned memory, as in gohd report; heap, what /debug/pprof/heap would say; goroutines; types; or retained memory by allocation site",
    },
    "max-samples": {
      type: "integer",
      default: 100_000,
      min: 2,
      description:
        "keep the largest stacks of retained, owned and sites, and merge the others; merge alike stacks of goroutine if there are more",
    },
    // As Go's own profiles. Each sample has its whole stack, so what is written for one chain grows with the square of its depth.
    "max-depth": {
      type: "integer",
      default: 64,
      min: 3,
      max: 1024,
      description: "cut stacks of retained, owned and sites after this many frames",
    },
    "run-lengths": {
      type: "boolean",
      default: false,
      description:
        "put lengths into the names of frames in retained and owned: main.Node ×200, len 30 of cap 16,384; frames then differ from dump to dump",
    },
    "merge-goroutines": {
      type: "boolean",
      default: true,
      description: "show alike goroutines as one in retained and owned",
      off: "show each goroutine by itself in retained and owned",
    },
    "mem-profile-rate": {
      type: "integer",
      default: 0,
      min: 0,
      description:
        "runtime.MemProfileRate of the process, for --profile heap; 0 infers it, or takes Go's default of 524288",
    },
    "site-calls": {
      type: "integer",
      default: 1,
      min: 1,
      description: "with --profile sites: distinguish sites by this many calls, from the one that allocates",
    },
  },
  uses: listUses,
  async convert(heap, sink, options, progress) {
    warnOfUnusedOptions(options, progress);
    const buildTree = (tree: "retained" | "owned") => () =>
      buildRetainedProfile(
        heap,
        {
          tree,
          maxSamples: options["max-samples"],
          maxDepth: options["max-depth"],
          withRunLengths: options["run-lengths"],
          mergeGoroutines: options["merge-goroutines"],
        },
        progress,
      );
    const build = {
      retained: buildTree("retained"),
      owned: buildTree("owned"),
      heap: () => buildAllocationProfile(heap, options["mem-profile-rate"], progress),
      goroutine: () => buildGoroutineProfile(heap, options["max-samples"], progress),
      types: () => buildTypesProfile(heap, progress),
      sites: () =>
        buildSitesProfile(
          heap,
          {
            maxSamples: options["max-samples"],
            maxDepth: options["max-depth"],
            callsPerSite: options["site-calls"],
          },
          progress,
        ),
    }[options.profile];
    await writeProfile(await build(), heap, sink, progress);
  },
});
