/**
 * LazyNode: a type node that lists its pointer words when it is first asked for them. A class, so that all nodes have one shape in
 * memory: they are asked for every pointer of a dump, and objects with a getter of their own each would be hash tables.
 */
import type { Type } from "../../binary/index.ts";
import { LeavesBuilder } from "./leaves.ts";
import type { Leaves, TypeNode } from "./type-node.ts";

export class LazyNode implements TypeNode {
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  readonly size: number;
  readonly isShape: boolean;
  readonly type: Type | undefined;
  readonly subject: TypeNode | undefined;
  readonly #build: (leaves: LeavesBuilder) => void;
  #leaves: Leaves | undefined;

  /** @param build adds the pointer words, ascending */
  constructor(
    id: number,
    kind: number,
    name: string,
    size: number,
    type: Type | undefined,
    subject: TypeNode | undefined,
    build: (leaves: LeavesBuilder) => void,
  ) {
    this.id = id;
    this.kind = kind;
    this.name = name;
    this.size = size;
    this.isShape = name.includes("go.shape.");
    this.type = type;
    this.subject = subject;
    this.#build = build;
  }

  get leaves(): Leaves {
    this.#leaves ??= this.#list();
    return this.#leaves;
  }

  #list(): Leaves {
    const builder = new LeavesBuilder();
    this.#build(builder);
    return builder.finish();
  }
}
