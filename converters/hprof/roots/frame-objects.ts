/**
 * Names of local variables. The format has none: a local is an object, a thread and the number of a frame. So a frame
 * whose variables have names is an object as well, one more local of that frame, and its fields are the variables. Frames
 * of one function are of one class. No Go object's retained size changes by that, for the thread leads to each by itself.
 */
import { frameFunctionName, type Heap, RootVertexKind, rootEdgeName } from "../../../src/index.ts";
import { HeapTag, ID_SIZE, JavaType } from "../constants.ts";
import type { HprofWriter } from "../hprof-writer.ts";
import type { JavaClass } from "../java-class.ts";
import { plainClass } from "../java-classes.ts";
import { className } from "../names.ts";

const NO_STACK = 0;
/** Variables that the frames of a function are said to have. */
const MAX_FIELDS = 1000;

/** A function's frames, and its variables' names: the field of each. */
interface FrameKind {
  readonly name: string;
  readonly fields: Map<string, number>;
}

interface FrameObject {
  readonly id: number;
  readonly kind: FrameKind;
  readonly vertex: number;
}

export interface FrameObjects {
  /** Id of the object of a frame's root vertex; undefined if none of its variables has a name. */
  of(vertex: number): number | undefined;
  readonly classes: readonly JavaClass[];
  write(out: HprofWriter, ids: Uint32Array): Promise<void>;
}

/** Plans the objects. A few small objects a frame with names; 4 bytes a root edge. */
export function planFrameObjects(heap: Heap, superId: number, add: () => number): FrameObjects {
  const { vertices, to } = heap.roots;
  const kinds = new Map<string, FrameKind>();
  const objects = new Map<number, FrameObject>();
  const fieldOf = new Int32Array(to.length).fill(-1);
  for (let v = 0; v < vertices.count; v++) {
    if (vertices.kind[v] !== RootVertexKind.FRAME) continue;
    const called = frameFunctionName(heap.goroutines, vertices.item[v]!);
    let kind: FrameKind | undefined;
    const taken = new Set<number>();
    for (let e = vertices.edgeStart[v]!; e < vertices.edgeStart[v + 1]!; e++) {
      const name = rootEdgeName(heap, v, e);
      if (name === undefined) continue;
      kind ??= kindOf(called);
      const field = kind.fields.get(name) ?? kind.fields.size;
      // Two of one name: the other is in a call that was inlined.
      if (taken.has(field) || field === MAX_FIELDS) continue;
      kind.fields.set(name, field);
      taken.add(field);
      fieldOf[e] = field;
    }
    if (kind !== undefined && taken.size > 0) objects.set(v, { id: add(), kind, vertex: v });
  }

  function kindOf(name: string): FrameKind {
    let kind = kinds.get(name);
    if (kind === undefined) {
      kind = { name: className(`frame ${name}`), fields: new Map() };
      kinds.set(name, kind);
    }
    return kind;
  }

  const classes = new Map(
    [...kinds.values()].map((kind) => {
      const fields = [...kind.fields.keys()].map((name) => ({ name, type: JavaType.OBJECT }));
      return [kind, plainClass(kind.name, add(), superId, fields)] as const;
    }),
  );

  async function write(out: HprofWriter, ids: Uint32Array): Promise<void> {
    for (const { id, kind, vertex } of objects.values()) {
      await out.makeRoom();
      const targets = new Uint32Array(kind.fields.size);
      for (let e = vertices.edgeStart[vertex]!; e < vertices.edgeStart[vertex + 1]!; e++) {
        if (fieldOf[e] !== -1) targets[fieldOf[e]!] = ids[to[e]!]!;
      }
      out.u1(HeapTag.INSTANCE_DUMP);
      out.u4(id);
      out.u4(NO_STACK);
      out.u4(classes.get(kind)!.id);
      out.u4(ID_SIZE * targets.length);
      for (const target of targets) out.u4(target);
    }
  }

  return {
    of: (vertex) => objects.get(vertex)?.id,
    classes: [...classes.values()],
    write,
  };
}
