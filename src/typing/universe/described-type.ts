/**
 * DescribedType: what names and descriptions need of a type. Every `Type` is one, and so is what was stored of types: it can
 * be described without the executable.
 */
import type { Kind } from "../../binary/index.ts";

export interface DescribedType {
  readonly kind: Kind;
  /** Bytes of a value. */
  readonly size: number;
  readonly name: string;
  readonly packagePath: string;
  readonly elem: DescribedType | undefined;
  readonly fields: readonly DescribedField[];
}

export interface DescribedField {
  readonly name: string;
  readonly type: DescribedType;
  readonly offset: number;
  readonly embedded: boolean;
}

/** The same of a `TypeNode`. */
export interface DescribedNode {
  readonly kind: number;
  readonly size: number;
  readonly type: DescribedType | undefined;
  readonly subject: DescribedNode | undefined;
}
