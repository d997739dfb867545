/** `--profile types`: objects and bytes by package and type, with labels for kind, how the type was found, and garbage. */
import {
  breathe,
  type Heap,
  HUGE_SIZE,
  INFERRED_MARK,
  NO_STACK,
  objectSize,
  type Progress,
  packageOfRow,
  REACHABLE,
  TypeKind,
  TypeSource,
} from "../../src/index.ts";
import { FrameNames } from "./frame-names.ts";
import { InUseProfile } from "./in-use-profile.ts";
import { describeOrigin, describeTypes } from "./origin.ts";
import type { Profile } from "./profile.ts";

/** Objects between two breaths. */
const SLICE = 1 << 22;

/** Rows per type: how it was found (2 bits) and whether the object is live (1 bit). */
const ROWS = 8;
const LIVE = 4;

const KIND_NAMES: Readonly<Record<number, string>> = {
  [TypeKind.NAMED]: "type",
  [TypeKind.ADDRESS]: "nameless type",
  [TypeKind.SHAPE]: "size and pointer mask",
  [TypeKind.STRING]: "string",
  [TypeKind.INTERNAL]: "part of a map",
};
const SOURCE_NAMES: Readonly<Record<number, string>> = {
  [TypeSource.NONE]: "not",
  [TypeSource.EXACT]: "by the runtime",
  [TypeSource.PROPAGATED]: "by what refers to it",
  [TypeSource.INFERRED]: "by its contents",
};

/** Makes the profile. One pass over the objects; 128 bytes per type. */
export async function buildTypesProfile(heap: Heap, progress: Progress): Promise<Profile> {
  const { types } = heap;
  const objects = new Float64Array(types.count * ROWS);
  const bytes = new Float64Array(types.count * ROWS);
  progress.phase("counting types", heap.objects.count, "objects");
  for (let done = 0; done < heap.objects.count; done += SLICE) {
    count(heap, objects, bytes, done, Math.min(done + SLICE, heap.objects.count));
    progress.update(done);
    await breathe(progress);
  }
  const profile = new InUseProfile({ kind: "text", typed: "text", garbage: "text" });
  const { frames, stacks } = profile;
  const names = new FrameNames(heap);
  for (let row = 0; row < objects.length; row++) {
    if (objects[row] === 0) continue;
    const type = Math.floor(row / ROWS);
    const source = row & (LIVE - 1);
    const name = types.names[type]!;
    const within = stacks.find(NO_STACK, frames.findWords(packageOfRow(types, type)));
    const mark = source === TypeSource.INFERRED ? INFERRED_MARK : "";
    const stack = stacks.find(within, frames.findWords(mark + names.short(name), mark + name));
    profile.add(stack, objects[row]!, bytes[row]!, {
      kind: frames.text(KIND_NAMES[types.kind[type]!]!),
      typed: frames.text(SOURCE_NAMES[source]!),
      garbage: frames.text((row & LIVE) === 0 ? "yes" : "no"),
    });
  }
  return profile.finish([
    ...describeOrigin(heap, "objects by package and type"),
    ...(await describeTypes(heap, progress)),
  ]);
}

function count(heap: Heap, objects: Float64Array, bytes: Float64Array, from: number, to: number): void {
  const { type, typeSource, flags, size } = heap.objects;
  for (let i = from; i < to; i++) {
    const row = type[i]! * ROWS + typeSource[i]! + ((flags[i]! & REACHABLE) === 0 ? 0 : LIVE);
    let own = size[i]!;
    if (own === HUGE_SIZE) own = objectSize(heap.objects, i);
    objects[row] = objects[row]! + 1;
    bytes[row] = bytes[row]! + own;
  }
}
