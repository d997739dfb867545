/** Guessed types: how an object's type is known, and of how many things the type that a sentence names is a guess, so that the sentence says so. */
import type { Objects } from "../heap/objects.ts";
import { TypeSource } from "../heap/objects.ts";

/** Things of one type, as sentences tell them. */
export interface AlikeThings {
  readonly type: string;
  readonly count: number;
  /** Of these, those whose type is guessed from shape and contents. */
  readonly guessed: number;
}

/** How an object's type is known. */
export type TypeSourceName = "none" | "exact" | "propagated" | "inferred";

const TYPE_SOURCE_NAMES: Readonly<Record<number, TypeSourceName>> = {
  [TypeSource.NONE]: "none",
  [TypeSource.EXACT]: "exact",
  [TypeSource.PROPAGATED]: "propagated",
  [TypeSource.INFERRED]: "inferred",
};

type Sources = Pick<Objects, "typeSource">;

/** Whether a vertex is an object whose type is guessed. O(1). */
export function isTypeGuessed({ typeSource }: Sources, vertex: number): boolean {
  return typeSource[vertex] === TypeSource.INFERRED;
}

/** How an object's type is known. O(1). */
export function nameTypeSource({ typeSource }: Sources, object: number): TypeSourceName {
  return TYPE_SOURCE_NAMES[typeSource[object]!]!;
}

/** How many vertices are such objects. Linear in them. */
export function countGuessed(objects: Sources, vertices: ArrayLike<number>): number {
  let guessed = 0;
  for (let i = 0; i < vertices.length; i++) if (isTypeGuessed(objects, vertices[i]!)) guessed++;
  return guessed;
}
