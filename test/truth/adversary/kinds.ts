/**
 * Kinds of objects: how each came to be and what is left that tells its type. A name with "?" stands for what a dump does not
 * decide; one with "~" for what debug information does.
 */
export const KINDS = [
  /** What the program itself needs, and the runtime: not counted. */
  "",
  /** Held by nothing whose type is known, but by something undecidable. */
  "?hidden",
  /** With a malloc header. */
  "header",
  "string",
  /** Held by a pointer to the whole. */
  "whole",
  /** By pointers to the whole and to its fields or elements. */
  "both",
  /** The array of a slice. */
  "slice",
  /** The array of a slice that begins in the middle of it, and goes to its end. */
  "window",
  /** A value in an interface. */
  "box",
  /** A pointer in an interface. */
  "iface",
  /** A string of which only a part is referred to. */
  "cut",
  "map",
  "chan",
  "closure",
  "generic",
  "array",
  /** Large, without pointers. */
  "large",
  /** Small, without pointers. */
  "tiny",
  /** What types of the standard library hold. */
  "std",
  /** By package variables alone. */
  "~global",
  /** By a local variable of a goroutine. */
  "?stack",
  /** By pointers to fields alone. */
  "?field",
  /** By a pointer to an element of an array alone. */
  "?element",
  /** By a slice of the middle of an array. */
  "?middle",
  /** By an unsafe.Pointer. */
  "?unsafe",
  /** By a pointer to it that may as well be one to the first field of something larger. */
  "?container",
  /** By a pointer to a type laid out alike. */
  "?converted",
] as const;

export type Kind = (typeof KINDS)[number];

/** The constant that a program calls a kind by. */
export const constantOf = (kind: Kind): string =>
  `kind${kind.replace(/^./, (letter) => letter.toUpperCase()).replace(/^[?~](.)/, (_, letter: string) => letter.toUpperCase())}`;

/** Whether a dump decides what an object of a kind is. */
export function isDecidable(kind: string, hasDebugInformation: boolean): boolean {
  return kind !== "" && !kind.startsWith("?") && (hasDebugInformation || !kind.startsWith("~"));
}
