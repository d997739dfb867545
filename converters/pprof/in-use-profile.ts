/** A profile of objects in use, with stacks of words instead of functions; its samples are added one by one. */
import { StackTree } from "../../src/index.ts";
import { FrameTable } from "./frames.ts";
import { IN_USE, type LabelColumn, type Profile, SPACE } from "./profile.ts";

export class InUseProfile<Key extends string> {
  readonly frames = new FrameTable(false);
  readonly stacks = new StackTree();
  readonly #stack: number[] = [];
  readonly #objects: number[] = [];
  readonly #bytes: number[] = [];
  readonly #labels: readonly (LabelColumn & { readonly key: Key; readonly values: number[] })[];

  /** @param labels what samples carry beside their values, and whether as numbers or as texts of `frames` */
  constructor(labels: Readonly<Record<Key, LabelColumn["kind"]>>) {
    const entries = Object.entries(labels) as [Key, LabelColumn["kind"]][];
    this.#labels = entries.map(([key, kind]) => ({ key, kind, values: [] }));
  }

  /** @param stack the leaf in `stacks` */
  add(stack: number, objects: number, bytes: number, labels: Readonly<Record<Key, number>>): void {
    this.#stack.push(stack);
    this.#objects.push(objects);
    this.#bytes.push(bytes);
    for (const { key, values } of this.#labels) values.push(labels[key]);
  }

  finish(comments: readonly string[]): Profile {
    return {
      sampleTypes: IN_USE,
      periodType: SPACE,
      period: 1,
      comments,
      frames: this.frames,
      stacks: this.stacks,
      samples: {
        count: this.#stack.length,
        stack: this.#stack,
        values: [this.#objects, this.#bytes],
        labels: this.#labels,
      },
    };
  }
}
