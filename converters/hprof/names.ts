/**
 * Names for Java tools. They take a name that begins with `[` for an array's descriptor and one that ends with `[]` for an
 * array's class, and some names have a meaning: Java's own classes, primitive types, what Eclipse MAT makes up.
 */
import { PRIMITIVE_NAMES } from "./constants.ts";

/** Names with a meaning of their own, and those in angle brackets. */
const MEANINGFUL = /^(?:<|java\.|java\/|javax?\.|jdk\.|sun\.|unknown)/;

/** The array types in front of a Go type: "[][4]*T" is "[]", "[4]" and "*T". */
const DIMENSION = /^\[\d*\]/;

/** What is called after no type. */
const UNNAMED = "(unnamed)";

/**
 * The class of objects that are one value of a Go type: its name, but for arrays, whose brackets go behind: "[4]int" is
 * "int[4]", the header of a slice, "[]int (slice header)", is "int[] (slice header)".
 */
export function className(name: string, mark = ""): string {
  const text = toJavaOrder(name, mark);
  // No reader may take the objects for arrays.
  return text.endsWith("[]") ? `${text} (value)` : text;
}

/**
 * The class of objects that are many values of a Go type, as the virtual machine calls an array's class: readers show
 * "[Lmain.T;" as "main.T[]".
 * @param name of the array or slice: "[]main.T"
 * @param mark to stand before the element's name
 */
export function arrayClassName(name: string, mark = ""): string {
  const element = toJavaOrder(name.startsWith("[]") ? name.slice(2) : name, mark);
  // "int[]" and the like are Java's.
  const isTaken = PRIMITIVE_NAMES.includes(element.replace(/(\[\])+$/, ""));
  const free = isTaken ? `go:${element}` : element;
  // Shark looks for the last bracket of a descriptor. What is no descriptor is shown as it is.
  return free.includes("[") ? `${free}[]` : `[L${free};`;
}

function toJavaOrder(name: string, mark: string): string {
  let rest = name.replace(/\p{Surrogate}/gu, "\ufffd");
  let dimensions = "";
  for (let match = DIMENSION.exec(rest); match !== null; match = DIMENSION.exec(rest)) {
    dimensions += match[0];
    rest = rest.slice(match[0].length);
  }
  if (dimensions !== "") {
    // "[]int (slice header)": what gohd adds stays behind.
    const note = / \([^()]*\)$/.exec(rest)?.[0] ?? "";
    rest = rest.slice(0, rest.length - note.length) + dimensions + note;
  }
  if (rest === "") return UNNAMED;
  rest = mark + rest;
  return MEANINGFUL.test(rest) || rest.startsWith("[") ? `go:${rest}` : rest;
}

/** What is left of a function's or variable's name without its package: "*hub" of "*main.hub". */
export function nameInPackage(name: string, packagePath: string): string {
  return packagePath === "" ? name : name.replace(`${packagePath}.`, "");
}
