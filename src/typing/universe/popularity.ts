/**
 * Popularity: which of several types that no contents tell apart is the one to expect. A program's types speak of one
 * another; the type that most of them speak of is the likeliest by far: of all that is laid out like a string, string.
 */
import type { Type } from "../../binary/index.ts";
import { listChecks } from "./checks.ts";
import type { TypeNode } from "./type-node.ts";

/** So many times as popular as the next must a type be. */
const DECISIVE = 4;

export class Popularity {
  readonly #mentions = new Map<Type, number>();
  readonly #layouts = new Map<Type, string>();

  /** @param types all of the executable. Walks each once. */
  constructor(types: Iterable<Type>) {
    for (const type of types) {
      this.#mention(type.elem);
      this.#mention(type.key);
      for (const field of type.fields) this.#mention(field.type);
      for (const parameter of type.in) this.#mention(parameter);
      for (const result of type.out) this.#mention(result);
    }
  }

  /** The most popular of types that are laid out alike; undefined if none is by far, or they are not alike. */
  choose(nodes: readonly TypeNode[]): TypeNode | undefined {
    let best: TypeNode | undefined;
    let most = 0;
    let second = 0;
    let layout: string | undefined;
    for (const node of nodes) {
      if (node.type === undefined) return undefined;
      const own = this.#layout(node.type);
      layout ??= own;
      if (own !== layout) return undefined;
      const mentions = this.#mentions.get(node.type) ?? 0;
      if (mentions > most) {
        second = most;
        most = mentions;
        best = node;
      } else if (mentions > second) {
        second = mentions;
      }
    }
    return most >= DECISIVE * Math.max(second, 1) ? best : undefined;
  }

  #mention(type: Type | undefined): void {
    if (type !== undefined) this.#mentions.set(type, (this.#mentions.get(type) ?? 0) + 1);
  }

  /** What evidence can see of a type: its words, and the sizes and words of what they point to. */
  #layout(type: Type): string {
    let layout = this.#layouts.get(type);
    if (layout === undefined) {
      const words = listChecks(type).map(({ offset, kind, type: target }) => {
        const inner =
          target.pointerBytes === 0 ? "" : listChecks(target).map((check) => `${check.offset}:${check.kind}`);
        return `${offset}:${kind}:${target.size}:${inner}`;
      });
      layout = `${type.size} ${words.join(" ")}`;
      this.#layouts.set(type, layout);
    }
    return layout;
  }
}
