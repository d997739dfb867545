/** NodeChecks: the checks of types with what their words lead to, kept by type. */
import type { Type } from "../../binary/index.ts";
import { CheckKind, listChecks } from "../universe/checks.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

export interface NodeCheck {
  /** Bytes from the beginning of the value. */
  readonly offset: number;
  /** CheckKind. */
  readonly kind: number;
  /** As in `Check`. */
  readonly type: Type;
  /** What strings, slices, pointers and maps lead to; undefined for other kinds, and where that is not known. */
  readonly target: TypeNode | undefined;
}

export class NodeChecks {
  readonly #universe: TypeUniverse;
  /** By node id. */
  readonly #checks: (readonly NodeCheck[] | undefined)[] = [];

  constructor(universe: TypeUniverse) {
    this.#universe = universe;
  }

  /** The checks of a Go type, by ascending offset; none for what has no type. */
  of(node: TypeNode): readonly NodeCheck[] {
    let checks = this.#checks[node.id];
    if (checks === undefined) {
      const listed = node.type === undefined ? [] : listChecks(node.type);
      checks = listed.map(({ offset, kind, type }) => ({ offset, kind, type, target: this.#targetOf(kind, type) }));
      this.#checks[node.id] = checks;
    }
    return checks;
  }

  #targetOf(kind: number, type: Type): TypeNode | undefined {
    switch (kind) {
      case CheckKind.STRING:
      case CheckKind.MAP_STRING:
        return this.#universe.stringData;
      case CheckKind.SLICE:
        return this.#universe.of(type);
      case CheckKind.POINTER:
        return this.#universe.pointee(type);
      case CheckKind.MAP:
        return this.#universe.mapHeader(this.#universe.of(type));
      default:
        return undefined;
    }
  }
}
