/** The packages of the standard library: what the first part of an import path is there, Go 1.3 to 1.27. */

const FIRST_PARTS = new Set(
  (
    "archive arena bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash " +
    "html image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings " +
    "structs sync syscall testing text time unicode unique unsafe vendor weak"
  ).split(" "),
);

/** Whether a package is of the standard library, by its import path: "net/http". */
export function isStandardPackage(path: string): boolean {
  return FIRST_PARTS.has(path.split("/", 1)[0]!);
}
