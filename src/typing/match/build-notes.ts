/**
 * BuildNotes: kinds of builds of which a part of the heap cannot be told as usual. Silence would be taken for a heap without
 * types; so what is the cause is said.
 */
import type { Heap } from "../../heap/heap.ts";
import { objectSize, TypeSource } from "../../heap/objects.ts";
import type { MatchedExecutable } from "./match-executable.ts";
import { findFunctions } from "./other-modules.ts";

export interface BuildNote {
  readonly code: string;
  readonly message: string;
}

/** Only builds with the address sanitizer have it. */
const ASAN_FUNCTION = "runtime.asanpoison";
/** Only programs that allocate in arenas (GOEXPERIMENT=arenas) have it. */
const ARENA_FUNCTION = "runtime.newUserArenaChunk";
/** Share of objects without a type from which on a cause is told. */
const MUCH_UNTYPED = 0.1;
/** Smaller objects are no chunk of an arena. */
const MIN_CHUNK_SIZE = 1 << 20;
/** Names of functions that are told as examples. */
const SHOWN_FUNCTIONS = 2;

/**
 * Lists what is to be told of a build.
 * @param heap typed
 */
export function listBuildNotes(
  heap: Heap,
  { program, otherFunctions: others }: MatchedExecutable,
  name: string,
): BuildNote[] {
  const { functions } = program;
  const notes: BuildNote[] = [];
  const has = findFunctions(functions, [ASAN_FUNCTION, ARENA_FUNCTION]);
  // A shared library of all packages has the function, too.
  if (others.length === 0 && has.has(ASAN_FUNCTION) && untypedShare(heap) >= MUCH_UNTYPED) {
    notes.push({
      code: "address-sanitizer",
      message:
        `${name} was built with -asan: behind each object its slot has a redzone, which is counted with it, and of which ` +
        "the dump tells pointers that are none; that is why more objects than usual have no type",
    });
  }
  const chunks = has.has(ARENA_FUNCTION) ? findChunks(heap) : { count: 0, bytes: 0 };
  if (chunks.count > 0) {
    notes.push({
      code: "arenas",
      message:
        `the program allocates in arenas (GOEXPERIMENT=arenas): a dump has each chunk of an arena as one object, and does ` +
        `not tell what is in it; ${chunks.count === 1 ? "one object" : `${chunks.count} objects`} without a type, ` +
        `${chunks.bytes} bytes, probably ${chunks.count === 1 ? "is such a chunk" : "are such chunks"}`,
    });
  }
  if (others.length > 0) {
    const examples = `${others.slice(0, SHOWN_FUNCTIONS).join(", ")}${others.length > SHOWN_FUNCTIONS ? ", …" : ""}`;
    notes.push({
      code: "other-modules",
      message:
        `the process runs functions that are not in ${name}: ${examples}. They are a plugin's or a shared library's. ` +
        "gohd takes types from one file, and this one has not theirs: objects of their types have none, so no type is " +
        `guessed from contents, and ${describeUntyped(heap)} stay without; and what only their package variables hold seems unreachable`,
    });
  }
  return notes;
}

/** How much has no type: "506 of 1177 objects, 10.7 % of the bytes,". */
function describeUntyped({ objects }: Heap): string {
  let count = 0;
  let untyped = 0;
  let bytes = 0;
  for (let i = 0; i < objects.count; i++) {
    const size = objectSize(objects, i);
    bytes += size;
    if (objects.typeSource[i] !== TypeSource.NONE) continue;
    count++;
    untyped += size;
  }
  const percent = bytes === 0 ? 0 : (100 * untyped) / bytes;
  return `${count} of ${objects.count} objects, ${percent.toFixed(1)} % of the bytes,`;
}

/** Share of the objects that have no type. */
function untypedShare({ objects }: Heap): number {
  let untyped = 0;
  for (let i = 0; i < objects.count; i++) if (objects.typeSource[i] === TypeSource.NONE) untyped++;
  return objects.count === 0 ? 0 : untyped / objects.count;
}

/** Objects without a type that are large enough for chunks of arenas. */
function findChunks({ objects }: Heap): { readonly count: number; readonly bytes: number } {
  let count = 0;
  let bytes = 0;
  for (let i = 0; i < objects.count; i++) {
    const size = objectSize(objects, i);
    if (size < MIN_CHUNK_SIZE || objects.typeSource[i] !== TypeSource.NONE) continue;
    count++;
    bytes += size;
  }
  return { count, bytes };
}
