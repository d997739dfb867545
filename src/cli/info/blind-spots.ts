/**
 * What a dump does not hold, by the version that wrote it: a reader who does not know it takes silence for absence. The
 * facts are from runtime/heapdump.go of Go 1.3 to 1.27 and from gofrontend's heapdump.go.
 */
import type { DumpInfo } from "../../heap/facts/dump-info.ts";
import type { NamesReport } from "../../typing/type-heap.ts";

/** What there is besides the dump; each includes those before. */
export const Knowledge = { DUMP: 0, EXECUTABLE: 1, SYMBOLS: 2, DEBUG_INFORMATION: 3 } as const;

/** Tells what there is besides the dump, by what variables are named by; undefined without an executable. */
export function knowledgeOf(names: NamesReport["source"] | undefined): number {
  switch (names) {
    case undefined:
      return Knowledge.DUMP;
    case "none":
      return Knowledge.EXECUTABLE;
    case "symbols":
      return Knowledge.SYMBOLS;
    case "debug information":
      return Knowledge.DEBUG_INFORMATION;
  }
}

interface BlindSpot {
  readonly text: string;
  /** First and last N of go1.N that it holds for. */
  readonly since?: number;
  readonly until?: number;
  readonly compiler?: "gc" | "gccgo";
  /** First Knowledge with which it holds, and the first with which it holds no more. */
  readonly from?: number;
  readonly below?: number;
}

const TYPES =
  "the Go type of most objects: a dump names only types that some interface holds, the rest appears by size and pointer layout";

const BLIND_SPOTS: readonly BlindSpot[] = [
  {
    text: "goroutine stacks and globals: gccgo writes neither, so most of the heap seems unreachable",
    compiler: "gccgo",
  },
  {
    text: `${TYPES}; --exe with the program's executable, even a stripped one, tells nearly all`,
    since: 5,
    compiler: "gc",
    below: Knowledge.EXECUTABLE,
  },
  { text: TYPES, since: 4, until: 4, compiler: "gc" },
  { text: TYPES, since: 4, compiler: "gccgo" },
  { text: "the size that was asked for: objects have the size of their allocation slot" },
  { text: "whether an object is garbage made since the last collection: it is there, and counted as unreachable" },
  {
    text: "names of variables, source lines of goroutines, functions inlined into their callers",
    compiler: "gc",
    below: Knowledge.EXECUTABLE,
  },
  {
    text: "names of variables: the executable is stripped; --symbols with a build that is not, or with its debug information, tells them",
    compiler: "gc",
    from: Knowledge.EXECUTABLE,
    below: Knowledge.SYMBOLS,
  },
  {
    text: "names of local variables: there is no debug information; --symbols with a build that has it tells them",
    compiler: "gc",
    from: Knowledge.SYMBOLS,
    below: Knowledge.DEBUG_INFORMATION,
  },
  {
    text: "names of the words of frames that are no declared variable's, or of one whose place the compiler does not tell",
    compiler: "gc",
    from: Knowledge.DEBUG_INFORMATION,
  },
  { text: "globals without pointers", compiler: "gc" },
  { text: "globals of plugins and shared libraries: what only they hold seems unreachable", since: 5, compiler: "gc" },
  { text: "memory outside the Go heap: C (cgo), mmap, the runtime's own; what only it refers to seems unreachable" },
  {
    text: "cleanups (runtime.AddCleanup) and weak pointers: what only a cleanup holds seems unreachable",
    since: 24,
  },
  { text: "deferred calls that the compiler coded into their functions", since: 14, compiler: "gc" },
  {
    text: "which variables of a frame are live behind a pointer to them: the words of such frames are all taken for pointers",
    since: 12,
    compiler: "gc",
  },
  { text: "arguments of go statements: what only they hold seems unreachable", until: 16, compiler: "gc" },
  // Found by their contents in dumps of these versions: the word of the _defer that holds them is not in its pointer mask.
  { text: "arguments of deferred calls: what only they hold seems unreachable", since: 4, until: 6, compiler: "gc" },
  { text: "the rate of the allocation profile (runtime.MemProfileRate): its counts are of samples" },
];

/**
 * Lists what the dump cannot show. Where its version is not known exactly, whatever may hold is listed.
 * @param knowledge one of Knowledge
 */
export function listBlindSpots({ go }: Pick<DumpInfo, "go">, knowledge: number = Knowledge.DUMP): readonly string[] {
  return BLIND_SPOTS.filter(
    ({ since = 0, until = Infinity, compiler = go.compiler, from = 0, below = Infinity }) =>
      compiler === go.compiler && go.minorMax >= since && go.minor <= until && knowledge >= from && knowledge < below,
  ).map(({ text }) => text);
}
