/** Goroutines and their physical stack frames, as columns. A goroutine's frames are contiguous, innermost first. */

/** Status of a goroutine; the runtime's numbers. */
export const GoroutineStatus = { IDLE: 0, RUNNABLE: 1, RUNNING: 2, SYSCALL: 3, WAITING: 4, LEAKED: 10 } as const;

/** What a goroutine panics with: the two words of the interface. */
export interface PanicArgument {
  /** Address of the dynamic type's descriptor. */
  readonly type: number;
  /** The data word. */
  readonly data: number;
}

/** The goroutines of a dump, as columns, in the order of the dump. */
export interface Goroutines {
  readonly count: number;
  /** Address of the runtime.g. */
  readonly address: Float64Array;
  readonly id: Float64Array;
  readonly status: Uint8Array;
  /** 1 for the runtime's own goroutines. */
  readonly system: Uint8Array;
  /** Index into `names`; meaningful only while WAITING. As the dump has it: see `findWaitReason`. */
  readonly waitReason: Int32Array;
  /** nanotime() of the first GC that found it blocked; 0 if none has. Comparable only with one another. */
  readonly waitSince: Float64Array;
  /** PC of the go statement; 0 when unknown. */
  readonly createdBy: Float64Array;
  /** Length count + 1: frames of goroutine i are frameStart[i] … frameStart[i+1]-1. */
  readonly frameStart: Uint32Array;
  readonly frames: Frames;
  /** Function names and wait reasons, each once. */
  readonly names: readonly string[];
  /** The logical frames; there only if the heap was typed from an executable. */
  readonly calls?: Calls;
}

/**
 * Logical frames: what a physical frame stands for, the calls that were inlined into its function included. Those of
 * physical frame f are `start[f]` … `start[f+1]-1`, innermost first; each has at least one, the function itself.
 */
export interface Calls {
  /** Length frames.count + 1. */
  readonly start: Uint32Array;
  /** Index into `names`. */
  readonly function: Int32Array;
  /** Index into `names`; that of "" where the executable does not tell. */
  readonly file: Int32Array;
  /** From 1; 0 where the executable does not tell. */
  readonly line: Int32Array;
  /**
   * 1 for a wrapper that the compiler made (of a method, mostly) and that Go's own stacks leave out, because what it wraps
   * is there.
   */
  readonly isHidden: Uint8Array;
  /** The go statement of each goroutine: function, file and line as above; those of "" and 0 where it is not known. */
  readonly origin: { readonly function: Int32Array; readonly file: Int32Array; readonly line: Int32Array };
  /** Function and file names, each once. */
  readonly names: readonly string[];
}

/** Live pointers of frames that lead into frames, as columns, in the order of the frames that have them. */
export interface StackPointers {
  /** The frame that it leads to. */
  readonly frame: Int32Array;
  /** Where it leads. */
  readonly address: Float64Array;
}

/** The physical stack frames of all goroutines, as columns. Those of one goroutine stand side by side. */
export interface Frames {
  readonly count: number;
  /** Lowest address of the frame. */
  readonly address: Float64Array;
  readonly size: Float64Array;
  /** Byte in the dump where the frame's contents begin. */
  readonly position: Float64Array;
  /** Function's entry PC. */
  readonly entry: Float64Array;
  readonly pc: Float64Array;
  /** Index into `goroutines.names`. */
  readonly function: Int32Array;
}

/** Waits for the runtime to write the dump. */
const DUMPER = "runtime/debug.WriteHeapDump";
const DUMPING = "dumping heap";

/**
 * What a waiting goroutine waits for, in the runtime's words; "" if it does not tell. Until Go 1.20 the runtime notes the
 * reason of the goroutine that dumps elsewhere, so that the dump has what it waited for before; its frames tell better.
 * O(frames of the runtime that the goroutine is in).
 */
export function findWaitReason({ frameStart, frames, names, waitReason }: Goroutines, index: number): string {
  const reason = names[waitReason[index]!] ?? "";
  if (reason === DUMPING) return reason;
  for (let frame = frameStart[index]!; frame < frameStart[index + 1]!; frame++) {
    const name = names[frames.function[frame]!]!;
    if (name === DUMPER) return DUMPING;
    if (!name.startsWith("runtime.")) break;
  }
  return reason;
}

/** A goroutine's state for people: its wait reason, or "runnable", "running", "syscall". */
export function goroutineState(goroutines: Goroutines, index: number): string {
  const status = goroutines.status[index]!;
  switch (status) {
    case GoroutineStatus.RUNNABLE:
      return "runnable";
    case GoroutineStatus.RUNNING:
      return "running";
    case GoroutineStatus.SYSCALL:
      return "syscall";
    case GoroutineStatus.WAITING:
      return findWaitReason(goroutines, index) || "waiting";
    case GoroutineStatus.LEAKED:
      return "leaked";
    default:
      return `status ${status}`;
  }
}

/** Functions that the compiler makes for `go f(x)`: main.main.gowrap1, and main.main·dwrap·1 in Go 1.17. */
const GO_WRAPPER = /(\.gowrap|·dwrap·)\d+$/;

/** Functions of libraries that call what they were given in a goroutine of its own, and nothing else: that is what it is about. */
const RUNNERS: ReadonlySet<string> = new Set([
  "sync.(*WaitGroup).Go.func1",
  "golang.org/x/sync/errgroup.(*Group).Go.func1",
  "golang.org/x/sync/errgroup.(*Group).TryGo.func1",
  "github.com/oklog/run.(*Group).Run.func1",
  "github.com/sourcegraph/conc.(*WaitGroup).Go.func1",
  "github.com/sourcegraph/conc/panics.(*Catcher).Try",
  "gopkg.in/tomb.v2.(*Tomb).run",
  "k8s.io/apimachinery/pkg/util/wait.(*Group).Start.func1",
  "k8s.io/apimachinery/pkg/util/wait.(*Group).StartWithChannel.func1",
  "k8s.io/apimachinery/pkg/util/wait.(*Group).StartWithContext.func1",
]);

/** Whether a function is the one by which such a library starts a goroutine: "sync.(*WaitGroup).Go". */
export function isGoOfRunner(name: string): boolean {
  return RUNNERS.has(`${name}.func1`);
}

/** Where every goroutine's stack begins; says nothing. */
const GOROUTINE_EXIT = "runtime.goexit";

/**
 * The function that a goroutine is about: the outermost one that neither the runtime, the compiler nor a group of goroutines
 * (`sync.(*WaitGroup).Go`) put there, inlined or not as far as that is known; for the runtime's own goroutines the outermost.
 * Undefined without frames. O(frames of the goroutine).
 */
export function findEntryFunction(goroutines: Goroutines, index: number): string | undefined {
  const { frameStart, frames, names, calls } = goroutines;
  let outermost: string | undefined;
  let wrapper: string | undefined;
  let runner: string | undefined;
  for (let frame = frameStart[index + 1]! - 1; frame >= frameStart[index]!; frame--) {
    const first = calls === undefined ? 0 : calls.start[frame]!;
    const end = calls === undefined ? 1 : calls.start[frame + 1]!;
    for (let call = end - 1; call >= first; call--) {
      if (calls?.isHidden[call] === 1) continue;
      const name = calls === undefined ? names[frames.function[frame]!]! : calls.names[calls.function[call]!]!;
      if (name === GOROUTINE_EXIT) continue;
      if (RUNNERS.has(name)) runner ??= name;
      else if (GO_WRAPPER.test(name)) wrapper ??= name;
      else if (!name.startsWith("runtime.")) return name;
      else outermost ??= name;
    }
  }
  // What it runs has ended, or has not begun.
  if (runner !== undefined) return runner;
  // Without inlined calls, a wrapper of the program's that is alone with the runtime has the function in it.
  return wrapper !== undefined && !wrapper.startsWith("runtime.") ? wrapper : (outermost ?? wrapper);
}

/**
 * The call that a physical frame is called after: the function itself, which has the frame's variables; where that is a
 * wrapper that Go's stacks leave out, what it wraps, inlined into it or called by it. Index into `calls`. O(1) but for
 * wrappers.
 */
export function findNamingCall({ frameStart }: Goroutines, { start, isHidden }: Calls, frame: number): number {
  const last = start[frame + 1]! - 1;
  if (isHidden[last] === 0) return last;
  let low = 0;
  let high = frameStart.length - 1;
  // The last goroutine that begins at the frame or before it.
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (frameStart[middle]! <= frame) low = middle;
    else high = middle;
  }
  const first = start[frameStart[low]!]!;
  for (let call = last - 1; call >= first; call--) if (isHidden[call] === 0) return call;
  // A goroutine that has not begun yet.
  return last;
}
