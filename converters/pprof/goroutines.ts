/**
 * `--profile goroutine`: the goroutines' stacks, with how much stack and how much heap each one holds. One sample per
 * goroutine, so that each has its id; where that would be too many, one per stack and state.
 */
import {
  breathe,
  computeRetainedSizes,
  formatCount,
  type Goroutines,
  goroutineState,
  type Heap,
  NO_STACK,
  type Progress,
  RootVertexKind,
  StackTree,
} from "../../src/index.ts";
import { FrameTable } from "./frames.ts";
import { describeOrigin } from "./origin.ts";
import type { Profile, ValueType } from "./profile.ts";

/** As Go's own profile has it; last, so that clients show it first. */
const COUNT: ValueType = { type: "goroutine", unit: "count" };

/** Where every goroutine's stack begins; profiles leave it out. */
const GOROUTINE_EXIT = "runtime.goexit";

/** Goroutines between two breaths. */
const SLICE = 1 << 14;

/** Makes the profile; computes retained sizes. @param maxSamples above which goroutines lose their ids */
export async function buildGoroutineProfile(heap: Heap, maxSamples: number, progress: Progress): Promise<Profile> {
  const { goroutines } = heap;
  const retained = await findRetained(heap, progress);
  const frames = new FrameTable(true);
  const stacks = new StackTree();
  const stackOf = await buildStacks(goroutines, frames, stacks, progress);
  const isMerged = goroutines.count > maxSamples;
  const rows = new Map<string, number>();
  const samples = {
    stack: [] as number[],
    count: [] as number[],
    stackBytes: [] as number[],
    retained: [] as number[],
    state: [] as number[],
    system: [] as number[],
    id: [] as number[],
  };
  for (let goroutine = 0; goroutine < goroutines.count; goroutine++) {
    const state = frames.text(goroutineState(goroutines, goroutine));
    const system = frames.text(goroutines.system[goroutine] === 1 ? "yes" : "");
    const key = isMerged ? `${stackOf[goroutine]} ${state} ${system}` : String(goroutine);
    let row = rows.get(key);
    if (row === undefined) {
      row = samples.stack.push(stackOf[goroutine]!) - 1;
      rows.set(key, row);
      samples.count.push(0);
      samples.stackBytes.push(0);
      samples.retained.push(0);
      samples.state.push(state);
      samples.system.push(system);
      samples.id.push(goroutines.id[goroutine]!);
    }
    samples.count[row]!++;
    samples.stackBytes[row]! += stackSize(goroutines, goroutine);
    samples.retained[row]! += retained[goroutine]!;
  }
  const ids = isMerged ? [] : ([{ key: "goroutine", kind: "number", values: samples.id }] as const);
  return {
    sampleTypes: [{ type: "retained_space", unit: "bytes" }, { type: "stack_space", unit: "bytes" }, COUNT],
    periodType: COUNT,
    period: 1,
    comments: [
      ...describeOrigin(heap, "goroutines"),
      "retained_space: objects that only this goroutine's stack keeps alive; stack_space: the stack's part in use",
      ...(goroutines.calls === undefined ? ["inlined calls and lines are not in the dump; --exe tells them"] : []),
      ...(isMerged
        ? [`more than ${formatCount(maxSamples)} goroutines: alike ones are one sample, without their ids`]
        : []),
    ],
    frames,
    stacks,
    samples: {
      count: samples.stack.length,
      stack: samples.stack,
      values: [samples.retained, samples.stackBytes, samples.count],
      labels: [
        ...ids,
        { key: "state", kind: "text", values: samples.state },
        { key: "system", kind: "text", values: samples.system },
      ],
    },
  };
}

/** Retained size per goroutine: of its root vertex. */
async function findRetained(heap: Heap, progress: Progress): Promise<Float64Array> {
  const sizes = await computeRetainedSizes(heap, progress);
  const { count, kind, item } = heap.roots.vertices;
  const retained = new Float64Array(heap.goroutines.count);
  for (let root = 0; root < count; root++) {
    if (kind[root] === RootVertexKind.GOROUTINE) retained[item[root]!] = sizes[heap.objects.count + root]!;
  }
  return retained;
}

async function buildStacks(
  goroutines: Goroutines,
  frames: FrameTable,
  stacks: StackTree,
  progress: Progress,
): Promise<Int32Array> {
  const locations = new FrameLocations(goroutines, frames);
  const { frameStart, names } = goroutines;
  const exit = names.indexOf(GOROUTINE_EXIT);
  const of = new Int32Array(goroutines.count);
  for (let goroutine = 0; goroutine < goroutines.count; goroutine++) {
    let stack = NO_STACK;
    for (let frame = frameStart[goroutine + 1]! - 1; frame >= frameStart[goroutine]!; frame--) {
      if (goroutines.frames.function[frame] !== exit) stack = locations.push(stacks, stack, frame);
    }
    of[goroutine] = stack;
    if (goroutine % SLICE === SLICE - 1) await breathe(progress);
  }
  return of;
}

/** Locations of frames: by function, or, with an executable, one for each call that the frame stands for. */
class FrameLocations {
  readonly #goroutines: Goroutines;
  readonly #frames: FrameTable;
  /** Per name of a function: its location; 0 if it has none yet. */
  readonly #byFunction: Int32Array;
  /** By file and line, per name of a function that calls tell of. */
  readonly #byPlace: Map<number, number>[] = [];

  constructor(goroutines: Goroutines, frames: FrameTable) {
    this.#goroutines = goroutines;
    this.#frames = frames;
    this.#byFunction = new Int32Array(goroutines.names.length);
  }

  /** The stack with a physical frame's calls on top. */
  push(stacks: StackTree, stack: number, frame: number): number {
    const { calls, frames } = this.#goroutines;
    if (calls === undefined) return stacks.find(stack, this.#ofFunction(frames.function[frame]!));
    let pushed = stack;
    for (let call = calls.start[frame + 1]! - 1; call >= calls.start[frame]!; call--) {
      if (calls.isHidden[call] === 0) pushed = stacks.find(pushed, this.#ofCall(call));
    }
    return pushed;
  }

  #ofFunction(name: number): number {
    if (this.#byFunction[name] === 0) this.#byFunction[name] = this.#frames.find(this.#goroutines.names[name]!);
    return this.#byFunction[name]!;
  }

  #ofCall(call: number): number {
    const { function: names, file, line, names: texts } = this.#goroutines.calls!;
    const name = names[call]!;
    this.#byPlace[name] ??= new Map();
    const places = this.#byPlace[name];
    const key = file[call]! * 2 ** 32 + line[call]!;
    let location = places.get(key);
    if (location === undefined) {
      location = this.#frames.find(texts[name]!, texts[file[call]!]!, line[call]!);
      places.set(key, location);
    }
    return location;
  }
}

/** Bytes of all frames. */
function stackSize({ frameStart, frames }: Goroutines, goroutine: number): number {
  let bytes = 0;
  for (let frame = frameStart[goroutine]!; frame < frameStart[goroutine + 1]!; frame++) bytes += frames.size[frame]!;
  return bytes;
}
