/**
 * What a file is that is no executable gohd can read: so that the message names it, instead of saying "bad magic". Knows
 * magic numbers only.
 */
import { ExecutableError } from "../errors.ts";

/** How many bytes of a file's beginning `describeForeign` wants. */
export const FOREIGN_HEAD_LENGTH = 512;

/** Magic numbers, as big-endian 32-bit words, of containers to come. */
const MACH_O = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabf]);
/** Of fat Mach-O files and of Java classes alike; the next word is a small count of slices in the former. */
const FAT_MACH_O = 0xcafebabe;

/** Makes the error for a file that is not ELF, from its first bytes. */
export function describeForeign(head: Uint8Array, name: string): ExecutableError {
  if (head.length === 0) return new ExecutableError(`${name} is empty`, { code: "not-an-executable", position: 0 });
  const start = String.fromCharCode(...head.subarray(0, 16));
  const magic = head.length < 8 ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(0);
  if (MACH_O.has(magic) || (magic === FAT_MACH_O && head[4] === 0 && head[5] === 0 && head[6] === 0)) {
    return unsupported(name, "a Mach-O executable (macOS)");
  }
  if (start.startsWith("MZ")) return unsupported(name, "a Windows executable (PE)");
  if (start.startsWith("\0asm")) return unsupported(name, "a WebAssembly module");
  if (/^go1\.\d+ heap dump\n/.test(start)) {
    return new ExecutableError(`${name} is a heap dump`, {
      code: "not-an-executable",
      hint: "the executable is the file of the program that wrote the dump",
    });
  }
  if (start.startsWith("!<arch>\n")) {
    return new ExecutableError(`${name} is an archive of object files`, {
      code: "not-an-executable",
      hint: "give the linked program",
    });
  }
  if (start.startsWith("\x1f\x8b") || start.startsWith("\x28\xb5\x2f\xfd") || start.startsWith("PK\x03\x04")) {
    return new ExecutableError(`${name} is compressed`, { code: "not-an-executable", hint: "unpack it first" });
  }
  if (isText(head)) {
    const what = start.startsWith("#!") ? "a script" : "a text file";
    return new ExecutableError(`${name} is ${what}, not an executable`, {
      code: "not-an-executable",
      position: 0,
      hint: "give the program's own file, not what starts it",
    });
  }
  return new ExecutableError(`${name} is not an executable that gohd knows (no ELF header)`, {
    code: "not-an-executable",
    position: 0,
  });
}

function unsupported(name: string, what: string): ExecutableError {
  return new ExecutableError(`${name} is ${what}, which gohd does not read yet`, {
    code: "unsupported",
    hint: "convert without it; types will be missing",
  });
}

function isText(head: Uint8Array): boolean {
  return head.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte !== 127));
}
