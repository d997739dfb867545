/**
 * LazyNode: a type node that lists its pointer words when it is first asked for them. A class, so that all nodes have one shape in
 * memory: they are asked for every pointer of a dump, and objects with a getter of their own each would be hash tables.
 */
import type { Type } from "../../binary/index.ts";
import type { Leaves, TypeNode } from "./type-node.ts";

export class LazyNode implements TypeNode {
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  readonly size: number;
  readonly isShape: boolean;
  readonly type: Type | undefined;
  readonly subject: TypeNode | undefined;
  readonly #list: () => Leaves;
  #leaves: Leaves | undefined;

  /** @param list lists the pointer words */
  constructor(
    id: number,
    kind: number,
    name: string,
    size: number,
    type: Type | undefined,
    subject: TypeNode | undefined,
    list: () => Leaves,
  ) {
    this.id = id;
    this.kind = kind;
    this.name = name;
    this.size = size;
    this.isShape = name.includes("go.shape.");
    this.type = type;
    this.subject = subject;
    this.#list = list;
  }

  get leaves(): Leaves {
    this.#leaves ??= this.#list();
    return this.#leaves;
  }
}
