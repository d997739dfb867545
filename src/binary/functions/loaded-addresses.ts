/**
 * Loaded addresses: which addresses the instructions of a function load, of functions, types and variables. As much of a
 * disassembler as that takes: what looks like a load is one, so that whoever asks has to know the addresses that may be meant.
 */
import type { Executable } from "../containers/container.ts";
import type { FunctionTable } from "./pclntab.ts";

/** Larger than any function; a damaged table may tell of one as large as the file. */
const MAX_SIZE = 1 << 23;

/** LEA: REX.W, opcode, and a ModRM that means an address relative to the next instruction. */
const LEA_LENGTH = 7;

/**
 * Lists the link-time addresses that a function loads, in the order of instructions; none on architectures that are not known
 * here. O(size of the function).
 */
export function findLoadedAddresses({ arch, image }: Executable, functions: FunctionTable, index: number): number[] {
  const start = functions.entry[index]!;
  const size = image.fileBytesAt(start, Math.min(functions.entry[index + 1]! - start, MAX_SIZE));
  const code = image.bytes(start, size);
  if (code === undefined) return [];
  if (arch === "amd64") return findLeas(code, start);
  return arch === "arm64" ? findPagePairs(code, start) : [];
}

function findLeas(code: Uint8Array, start: number): number[] {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const addresses: number[] = [];
  for (let at = code.indexOf(0x8d, 1); at >= 0 && at - 1 + LEA_LENGTH <= code.length; at = code.indexOf(0x8d, at + 1)) {
    if ((code[at - 1]! & 0xfb) !== 0x48 || (code[at + 1]! & 0xc7) !== 0x05) continue;
    addresses.push(start + at - 1 + LEA_LENGTH + view.getInt32(at + 2, true));
  }
  return addresses;
}

/** ADRP and, behind it, ADD: the address of a page, relative to the instruction's, and what is in it. */
function findPagePairs(code: Uint8Array, start: number): number[] {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const addresses: number[] = [];
  for (let at = 0; at + 8 <= code.length; at += 4) {
    const adrp = view.getUint32(at, true);
    const add = view.getUint32(at + 4, true);
    if ((adrp & 0x9f00_0000) >>> 0 !== 0x9000_0000 || (add & 0xffc0_0000) >>> 0 !== 0x9100_0000) continue;
    if (((add >>> 5) & 31) !== (adrp & 31)) continue;
    const pages = (((adrp << 8) >> 13) << 2) | ((adrp >>> 29) & 3);
    const page = Math.floor((start + at) / 4096) + pages;
    addresses.push(page * 4096 + ((add >>> 10) & 0xfff));
  }
  return addresses;
}
