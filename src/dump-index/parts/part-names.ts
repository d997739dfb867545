/** Names of the parts of an index: each is plain values of its own, read when it is first asked for. */

export const Part = {
  /** What is told without reading anything else: the dump, its statistics, segments, sizes of columns. */
  DUMP: "dump",
  ROOTS: "roots",
  GOROUTINES: "goroutines",
  PROFILE: "profile",
  TYPES: "types",
  /** Types of the dump's own records. */
  KNOWN_TYPES: "known-types",
  /** Of the reading: what the executable was found to be, and what was warned of. */
  READING: "reading",
  REPORT: "report",
  /** Of types and packages: what there is of each. */
  SUMS: "sums",
} as const;

export type Part = (typeof Part)[keyof typeof Part];

/** What the columns of a part are called that is read whole. */
export function columnName(part: Part, number: number): string {
  return `${part}.${number}`;
}
