/**
 * What a dump does not hold, by the version that wrote it: a reader who does not know it takes silence for absence. The
 * facts are from runtime/heapdump.go of Go 1.3 to 1.27 and from gofrontend's heapdump.go.
 */
import type { DumpInfo } from "../heap/dump-info.ts";

interface BlindSpot {
  readonly text: string;
  /** First and last N of go1.N that it holds for. */
  readonly since?: number;
  readonly until?: number;
  readonly compiler?: "gc" | "gccgo";
  /** Holds only with an executable, or only without; otherwise either way. */
  readonly withExecutable?: boolean;
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
    withExecutable: false,
  },
  { text: TYPES, since: 4, until: 4, compiler: "gc" },
  { text: TYPES, since: 4, compiler: "gccgo" },
  { text: "the size that was asked for: objects have the size of their allocation slot" },
  { text: "whether an object is garbage made since the last collection: it is there, and counted as unreachable" },
  {
    text: "names of variables, source lines of goroutines, functions inlined into their callers",
    compiler: "gc",
    withExecutable: false,
  },
  {
    text: "names of local variables, and of globals if the executable is stripped; source lines of goroutines, functions inlined into their callers",
    compiler: "gc",
    withExecutable: true,
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
  { text: "the rate of the allocation profile (runtime.MemProfileRate): its counts are of samples" },
];

/**
 * Lists what the dump cannot show. Where its version is not known exactly, whatever may hold is listed.
 * @param hasExecutable whether the heap was typed from the executable
 */
export function listBlindSpots({ go }: Pick<DumpInfo, "go">, hasExecutable = false): readonly string[] {
  return BLIND_SPOTS.filter(
    ({ since = 0, until = Infinity, compiler = go.compiler, withExecutable = hasExecutable }) =>
      compiler === go.compiler && go.minorMax >= since && go.minor <= until && withExecutable === hasExecutable,
  ).map(({ text }) => text);
}
