/**
 * Goroutines as threads. Each is an instance of a class that is called after the function it is about, below
 * java.lang.Thread, so that goroutines that are alike can be counted; its name tells the number, and what it waits for.
 * Stacks have the logical frames: those of inlined calls, too, but no wrappers.
 */
import {
  baseName,
  findEntryFunction,
  findNamingCall,
  type Goroutines,
  goroutineState,
  type Heap,
  packageOfSymbol,
  printedFunctionName,
  RootKind,
  RootVertexKind,
} from "../../../src/index.ts";
import { HeapTag, ID_SIZE, RecordTag } from "../constants.ts";
import type { HprofWriter } from "../hprof-writer.ts";
import { nameInPackage } from "../names.ts";
import type { StringPool } from "../string-pool.ts";
import type { FrameObjects } from "./frame-objects.ts";

/** Serial number of the stack that has no frames, which belongs to no thread. */
const EMPTY_STACK = 1;
/** That of the first goroutine's stack. */
const FIRST_STACK = 2;
/** "Unknown" as a line number. */
const NO_LINE = -1;
/** "In no frame". */
const NO_FRAME = 0xffff_ffff;
/** Functions that belong to no package that is known. */
const NO_PACKAGE = "(functions)";

export interface Thread {
  /** Id of the thread's object, … */
  readonly id: number;
  /** … of its name, a java.lang.String, … */
  readonly nameId: number;
  /** … and of the characters of that. */
  readonly textId: number;
  readonly name: string;
  /** What its class is called. */
  readonly className: string;
}

interface Frame {
  readonly method: number;
  readonly file: number;
  readonly packageName: string;
  readonly line: number;
}

export interface Threads {
  /** One for each goroutine. */
  readonly threads: readonly Thread[];
  /** Classes that frames refer to: their packages. */
  readonly packages: ReadonlySet<string>;
  /** Writes frames and stacks. @param serials of the packages' classes */
  writeStacks(out: HprofWriter, serials: ReadonlyMap<string, number>): Promise<void>;
  /** Writes the roots: threads, what their frames refer to, what else they keep alive. */
  writeRoots(out: HprofWriter, ids: Uint32Array, frames: FrameObjects): Promise<void>;
}

/** Plans the threads. A few small objects a goroutine; frames that are alike are one. */
export function planThreads(heap: Heap, names: StringPool, add: () => number): Threads {
  const { goroutines } = heap;
  const frames: Frame[] = [];
  const frameIds = new Map<string, number>();
  const packages = new Set<string>();
  const signature = names.intern("()");
  const unknownFile = names.intern("?");

  /** Id of a frame, from 1. */
  function frameId(name: string, file: string, line: number): number {
    const key = `${line}:${file}\n${name}`;
    let id = frameIds.get(key);
    if (id === undefined) {
      const packagePath = packageOfSymbol(name);
      const packageName = packagePath || NO_PACKAGE;
      packages.add(packageName);
      id = frames.push({
        method: names.intern(nameInPackage(name, packagePath)),
        file: file === "" ? unknownFile : names.intern(baseName(file)),
        packageName,
        line: line === 0 ? NO_LINE : line,
      });
      frameIds.set(key, id);
    }
    return id;
  }

  const stacks = Array.from({ length: goroutines.count }, (_, i) => stackOf(goroutines, i, frameId));
  const threads = Array.from({ length: goroutines.count }, (_, i) => ({
    id: add(),
    nameId: add(),
    textId: add(),
    ...nameThread(goroutines, i),
  }));

  async function writeStacks(out: HprofWriter, serials: ReadonlyMap<string, number>): Promise<void> {
    for (const [i, { method, file, packageName, line }] of frames.entries()) {
      await out.makeRoom();
      out.record(RecordTag.STACK_FRAME, 4 * ID_SIZE + 8);
      out.u4(i + 1);
      out.u4(method);
      out.u4(signature);
      out.u4(file);
      out.u4(serials.get(packageName)!);
      out.u4(line);
    }
    await writeStack(out, EMPTY_STACK, 0, []);
    for (const [i, stack] of stacks.entries()) await writeStack(out, FIRST_STACK + i, i + 1, stack.frames);
  }

  async function writeRoots(out: HprofWriter, ids: Uint32Array, objects: FrameObjects): Promise<void> {
    async function writeLocal(tag: number, id: number, goroutine: number, depth: number): Promise<void> {
      await out.makeRoom();
      out.u1(tag);
      out.u4(id);
      out.u4(goroutine + 1);
      out.u4(depth);
    }

    for (const [i, { id }] of threads.entries()) {
      await out.makeRoom();
      out.u1(HeapTag.ROOT_THREAD_OBJECT);
      out.u4(id);
      out.u4(i + 1);
      out.u4(FIRST_STACK + i);
    }
    const { vertices, to, kind } = heap.roots;
    for (let v = 0; v < vertices.count; v++) {
      const item = vertices.item[v]!;
      const isFrame = vertices.kind[v] === RootVertexKind.FRAME;
      if (!isFrame && vertices.kind[v] !== RootVertexKind.GOROUTINE) continue;
      const goroutine = isFrame ? vertices.item[vertices.parent[v]!]! : item;
      const depth = isFrame ? (stacks[goroutine]!.depths[item - goroutines.frameStart[goroutine]!] ?? 0) : 0;
      const object = objects.of(v);
      if (object !== undefined) await writeLocal(HeapTag.ROOT_JAVA_FRAME, object, goroutine, depth);
      for (let e = vertices.edgeStart[v]!; e < vertices.edgeStart[v + 1]!; e++) {
        const inFrame = kind[e] === RootKind.FRAME || kind[e] === RootKind.FRAME_CONSERVATIVE;
        if (inFrame) await writeLocal(HeapTag.ROOT_JAVA_FRAME, ids[to[e]!]!, goroutine, depth);
        else await writeLocal(HeapTag.ROOT_JNI_LOCAL, ids[to[e]!]!, goroutine, NO_FRAME);
      }
    }
  }

  return { threads, packages, writeStacks, writeRoots };
}

/** The logical frames of a goroutine, innermost first, and the number of the one that each physical frame is called after. */
function stackOf(
  goroutines: Goroutines,
  index: number,
  frameId: (name: string, file: string, line: number) => number,
): { frames: number[]; depths: number[] } {
  const { frameStart, frames: physical, names, calls } = goroutines;
  const frames: number[] = [];
  const depths: number[] = [];
  for (let frame = frameStart[index]!; frame < frameStart[index + 1]!; frame++) {
    if (calls === undefined) {
      depths.push(frames.length);
      frames.push(frameId(printedFunctionName(names[physical.function[frame]!]!), "", 0));
      continue;
    }
    const naming = findNamingCall(goroutines, calls, frame);
    let depth = Math.max(0, frames.length - 1);
    for (let call = calls.start[frame]!; call < calls.start[frame + 1]!; call++) {
      if (calls.isHidden[call] === 1 && call !== naming) continue;
      if (call === naming) depth = frames.length;
      const name = printedFunctionName(calls.names[calls.function[call]!]!);
      frames.push(frameId(name, calls.names[calls.file[call]!]!, calls.line[call]!));
    }
    depths.push(depth);
  }
  return { frames, depths };
}

function nameThread(goroutines: Goroutines, index: number): { name: string; className: string } {
  const entry = findEntryFunction(goroutines, index);
  const about = entry === undefined ? "" : ` ${printedFunctionName(entry)}`;
  return {
    name: `goroutine ${goroutines.id[index]!} [${goroutineState(goroutines, index)}]${about}`,
    className: `goroutine${about}`,
  };
}

async function writeStack(out: HprofWriter, serial: number, thread: number, frames: readonly number[]): Promise<void> {
  await out.makeRoom();
  out.record(RecordTag.STACK_TRACE, 12 + ID_SIZE * frames.length);
  out.u4(serial);
  out.u4(thread);
  out.u4(frames.length);
  for (const frame of frames) {
    await out.makeRoom();
    out.u4(frame);
  }
}
