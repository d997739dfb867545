/**
 * What a file is that is no executable gohd can read: so that the message names it, instead of saying "bad magic". Knows
 * magic numbers only.
 */
import { ExecutableError } from "../../errors.ts";

/** How many bytes of a file's beginning `describeForeign` wants. */
export const FOREIGN_HEAD_LENGTH = 512;

const SYMBOL_FILE_HINT =
  "give a build of the program that was not stripped, or the file that strip, objcopy or dsymutil put its debug information into";

/**
 * Makes the error for a file that is not ELF, Mach-O or PE, from its first bytes. `isForNames` tells that a file with debug
 * information alone would have done.
 */
export function describeForeign(head: Uint8Array, name: string, isForNames = false): ExecutableError {
  if (head.length === 0) return new ExecutableError(`${name} is empty`, { code: "not-an-executable", position: 0 });
  const start = String.fromCharCode(...head.subarray(0, 16));
  if (start.startsWith("\0asm")) {
    return new ExecutableError(`${name} is a WebAssembly module, which gohd does not read`, {
      code: "unsupported",
      hint: isForNames ? SYMBOL_FILE_HINT : "convert without it; types will be missing",
    });
  }
  if (/^go1\.\d+ heap dump\n/.test(start)) {
    return new ExecutableError(`${name} is a heap dump`, {
      code: "not-an-executable",
      hint: isForNames ? SYMBOL_FILE_HINT : "the executable is the file of the program that wrote the dump",
    });
  }
  if (start.startsWith("\xca\xfe\xba\xbe")) {
    return new ExecutableError(`${name} is a Java class`, { code: "not-an-executable", position: 0 });
  }
  if (start.startsWith("!<arch>\n")) {
    return new ExecutableError(`${name} is an archive of object files`, {
      code: "not-an-executable",
      hint: isForNames ? SYMBOL_FILE_HINT : "give the linked program",
    });
  }
  if (start.startsWith("\x1f\x8b") || start.startsWith("\x28\xb5\x2f\xfd") || start.startsWith("PK\x03\x04")) {
    return new ExecutableError(`${name} is compressed`, { code: "not-an-executable", hint: "unpack it first" });
  }
  if (isText(head)) {
    const what = start.startsWith("#!") ? "a script" : "a text file";
    const but = isForNames ? "and has no names of a program" : "not an executable";
    return new ExecutableError(`${name} is ${what}, ${but}`, {
      code: "not-an-executable",
      position: 0,
      hint: isForNames ? SYMBOL_FILE_HINT : "give the program's own file, not what starts it",
    });
  }
  const what = isForNames ? "a file with names" : "an executable";
  return new ExecutableError(`${name} is not ${what} that gohd knows (no header of ELF, Mach-O or PE)`, {
    code: "not-an-executable",
    position: 0,
    ...(isForNames ? { hint: SYMBOL_FILE_HINT } : {}),
  });
}

function isText(head: Uint8Array): boolean {
  return head.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte !== 127));
}
