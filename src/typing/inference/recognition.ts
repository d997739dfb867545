/**
 * Recognition: objects that show what they are by a word of their own: closures by a function's entry, channels by their
 * element type.
 */
import type { Heap } from "../../heap/heap.ts";
import { HAS_HEADER, TypeSource } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Claims } from "../decision/claims.ts";
import { Form } from "../decision/form.ts";
import type { ClosureTypes } from "../evidence/closures.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { type ChannelLayout, findChannelLayout } from "./runtime-layouts.ts";

/** Larger closures do not occur. */
const MAX_CLOSURE_SIZE = 512;
/** Channels of more elements are not believed in. */
const MAX_CHANNEL_CAPACITY = 2 ** 20;

export class Recognition {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #contents: ContentsReader;
  readonly #closures: ClosureTypes;
  readonly #claims: Claims;
  readonly #channel: ChannelLayout | undefined;

  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    contents: ContentsReader,
    closures: ClosureTypes,
    claims: Claims,
  ) {
    this.#heap = heap;
    this.#executable = executable;
    this.#contents = contents;
    this.#closures = closures;
    this.#claims = claims;
    this.#channel = findChannelLayout(executable.universe);
  }

  /** Looks at every object without a type once. */
  async run(progress: Progress): Promise<void> {
    const { assignments } = this.#claims;
    const { size, flags } = this.#heap.objects;
    let visited = 0;
    for (let object = assignments.nextUntyped(-1); object >= 0; object = assignments.nextUntyped(object)) {
      if ((++visited & 0xffff) === 0) await breathe(progress);
      if (size[object]! < 16) continue;
      if (size[object]! <= MAX_CLOSURE_SIZE && (flags[object]! & HAS_HEADER) === 0) this.#tryClosure(object);
      if (!assignments.isTyped(object)) this.#tryChannel(object);
    }
  }

  #tryClosure(object: number): void {
    const closure = this.#closures.recognise(object);
    if (closure !== undefined) this.#claims.add(object, 0, closure, Form.WHOLE, TypeSource.PROPAGATED);
  }

  #tryChannel(object: number): void {
    const layout = this.#channel;
    if (layout === undefined || this.#heap.objects.size[object]! < layout.size) return;
    const elem = this.#executable.typeAt(this.#contents.word(object, layout.elemtype));
    if (elem === undefined) return;
    const count = this.#contents.word(object, layout.qcount);
    const capacity = this.#contents.word(object, layout.dataqsiz);
    if (!(count >= 0 && count <= capacity && capacity < MAX_CHANNEL_CAPACITY)) return;
    const channel = this.#executable.universe.channel(elem);
    if (channel !== undefined) this.#claims.add(object, 0, channel, Form.WHOLE, TypeSource.PROPAGATED);
  }
}
