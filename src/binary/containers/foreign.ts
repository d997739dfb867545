/**
 * What a file is that is no executable gohd can read: so that the message names it, instead of saying "bad magic".
 */
import { ExecutableError } from "../../errors.ts";
import { type FileKind, KIND_HEAD_LENGTH, KIND_NAMES, recognizeFile } from "../../io/file-kinds.ts";

/** How many bytes of a file's beginning `describeForeign` wants. */
export const FOREIGN_HEAD_LENGTH = KIND_HEAD_LENGTH;

const SYMBOL_FILE_HINT =
  "give a build of the program that was not stripped, or the file that strip, objcopy or dsymutil put its debug information into";

/** What to do about each kind; what is not here gets the general words. */
const ADVICE: { readonly [K in FileKind]?: string } = {
  wasm: "convert without it; types will be missing",
  archive: "give the linked program",
  compressed: "unpack it first",
  zip: "unpack it first",
  tar: "unpack it first",
  "lfs-pointer": "git lfs pull fetches the file itself",
  script: "give the program's own file, not what starts it",
  text: "give the program's own file, not what starts it",
};

/**
 * Makes the error for a file that is not ELF, Mach-O or PE, from its first bytes. `isForNames` tells that a file with debug
 * information alone would have done.
 */
export function describeForeign(head: Uint8Array, name: string, isForNames = false): ExecutableError {
  if (/^go1\.\d+ heap dump\n/.test(String.fromCharCode(...head.subarray(0, 24)))) {
    const hint = isForNames ? SYMBOL_FILE_HINT : "the executable is the file of the program that wrote the dump";
    return new ExecutableError(`${name} is a heap dump`, { code: "not-an-executable", hint });
  }
  const kind = recognizeFile(head);
  const code = kind === "wasm" ? "unsupported" : "not-an-executable";
  const hint = isForNames && kind !== "empty" ? SYMBOL_FILE_HINT : kind === undefined ? undefined : ADVICE[kind];
  const details = { code, ...(hint === undefined ? {} : { hint }) } as const;
  if (kind === undefined || kind === "executable") {
    const what = isForNames ? "a file with names" : "an executable";
    return new ExecutableError(`${name} is not ${what} that gohd knows (no header of ELF, Mach-O or PE)`, details);
  }
  if (kind === "empty") return new ExecutableError(`${name} is empty`, details);
  const but =
    kind === "wasm" ? "which gohd does not read" : isForNames ? "and has no names of a program" : "not an executable";
  return new ExecutableError(`${name} is ${KIND_NAMES[kind]}, ${but}`, details);
}
