/** TypeColumns: Go types made rows, as far as names of fields and descriptions of types need them. */
import { Kind } from "../../binary/index.ts";
import { Names } from "../../heap/columns.ts";
import type { DescribedNode, DescribedType } from "../universe/described-type.ts";
import type { KeptTypes } from "./kept-types.ts";

const NONE = -1;

/** Numbers nodes, types and texts in the order in which they come. */
export class TypeColumns {
  readonly texts = new Names();
  readonly #nodes: DescribedNode[] = [];
  readonly #nodeNumbers = new Map<DescribedNode, number>();
  readonly #types: DescribedType[] = [];
  readonly #typeNumbers = new Map<DescribedType, number>();
  /** By number: what is in the type counts, too. */
  readonly #isWhole: boolean[] = [];
  readonly #waiting: DescribedType[] = [];

  /** Adds a node, its subject, and their types with all that is in them. */
  addNode(node: DescribedNode): number {
    let number = this.#nodeNumbers.get(node);
    if (number === undefined) {
      number = this.#nodes.push(node) - 1;
      this.#nodeNumbers.set(node, number);
      if (node.type !== undefined) this.addType(node.type);
      if (node.subject !== undefined) this.addNode(node.subject);
    }
    return number;
  }

  /** Adds a type with all that is in its values. */
  addType(type: DescribedType): number {
    const number = this.#numberWhole(type);
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      if (next.elem !== undefined) {
        if (next.kind === Kind.Array) this.#numberWhole(next.elem);
        else this.#number(next.elem);
      }
      for (const field of next.fields) this.#numberWhole(field.type);
    }
    return number;
  }

  #number(type: DescribedType): number {
    let number = this.#typeNumbers.get(type);
    if (number === undefined) {
      number = this.#types.push(type) - 1;
      this.#typeNumbers.set(type, number);
      this.#isWhole.push(false);
    }
    return number;
  }

  #numberWhole(type: DescribedType): number {
    const number = this.#number(type);
    if (!this.#isWhole[number]) {
      this.#isWhole[number] = true;
      this.#waiting.push(type);
    }
    return number;
  }

  /** The rows, when all have been added. */
  finish(): Pick<KeptTypes, "nodes" | "types" | "fields"> {
    const types = this.#types;
    const insideOf = types.map((type, i) => (this.#isWhole[i] ? type : undefined));
    const fields = insideOf.flatMap((type) => type?.fields ?? []);
    const fieldStart = new Uint32Array(types.length + 1);
    for (let i = 0; i < types.length; i++) fieldStart[i + 1] = fieldStart[i]! + (insideOf[i]?.fields.length ?? 0);
    const numberOf = (type: DescribedType | undefined): number => (type === undefined ? NONE : this.#number(type));
    const nodes = this.#nodes;
    return {
      nodes: {
        kind: Uint8Array.from(nodes, ({ kind }) => kind),
        size: Float64Array.from(nodes, ({ size }) => size),
        type: Int32Array.from(nodes, ({ type }) => numberOf(type)),
        subject: Int32Array.from(nodes, ({ subject }) => (subject === undefined ? NONE : this.addNode(subject))),
      },
      types: {
        kind: Uint8Array.from(types, ({ kind }) => kind),
        size: Float64Array.from(types, ({ size }) => size),
        name: Int32Array.from(types, ({ name }) => this.texts.number(name)),
        packagePath: Int32Array.from(insideOf, (type) => this.texts.number(type?.packagePath ?? "")),
        elem: Int32Array.from(insideOf, (type) => numberOf(type?.elem)),
        fieldStart,
      },
      fields: {
        name: Int32Array.from(fields, ({ name }) => this.texts.number(name)),
        offset: Float64Array.from(fields, ({ offset }) => offset),
        isEmbedded: Uint8Array.from(fields, ({ embedded }) => (embedded ? 1 : 0)),
        type: Int32Array.from(fields, ({ type }) => this.#number(type)),
      },
    };
  }
}
