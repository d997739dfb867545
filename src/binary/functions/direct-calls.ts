/**
 * Direct calls: which instructions of a function call which other one, by its address. As much of a disassembler as that
 * takes: on x86 a byte that could begin a call does so if it leads to just where a function begins.
 */
import type { Executable } from "../containers/container.ts";
import type { Image } from "../containers/image.ts";
import { type FunctionTable, NO_FUNCTION } from "./pclntab.ts";

/** A call of a function by its address. */
export interface DirectCall {
  /** Link-time address of the instruction to which the call returns. */
  readonly returnAddress: number;
  /** Index of the called function. */
  readonly target: number;
}

/** How an architecture calls: where the next instruction can begin, and where one leads. */
interface CallFormat {
  /** Instructions begin at multiples of this. */
  readonly alignment: number;
  /** From the call to where it returns. */
  readonly length: number;
  /** Address that the instruction at `at` calls; UNMAPPED or any other number that is no function's if it is no call. */
  target(image: Image, at: number): number;
}

const NO_CALL = -1;

/** Larger than any function; a damaged table may tell of one as large as the file. */
const MAX_SIZE = 1 << 23;

const X86: CallFormat = {
  alignment: 1,
  length: 5,
  target: (image, at) => (image.uint8(at) === 0xe8 ? at + 5 + (image.uint32(at + 1) | 0) : NO_CALL),
};

const ARM64: CallFormat = {
  alignment: 4,
  length: 4,
  target(image, at) {
    const word = image.uint32(at);
    // BL: 26 bits, signed, in instructions.
    return word >>> 26 === 0x25 ? at + ((word << 6) >> 4) : NO_CALL;
  },
};

const S390X: CallFormat = {
  alignment: 2,
  length: 6,
  // BRASL %r14: 32 bits, signed, in halfwords.
  target: (image, at) => (image.uint16(at) === 0xc0e5 ? at + 2 * (image.uint32(at + 2) | 0) : NO_CALL),
};

const MIPS: CallFormat = {
  alignment: 4,
  // One instruction stands in the delay slot.
  length: 8,
  target(image, at) {
    const word = image.uint32(at);
    // JAL: 26 bits, in instructions, within the same 256 MB.
    return word >>> 26 === 3 ? Math.floor((at + 4) / 2 ** 28) * 2 ** 28 + (word & 0x3ff_ffff) * 4 : NO_CALL;
  },
};

const FORMATS: Readonly<Record<string, CallFormat>> = {
  amd64: X86,
  "386": X86,
  arm64: ARM64,
  s390x: S390X,
  mips: MIPS,
  mipsle: MIPS,
  mips64: MIPS,
  mips64le: MIPS,
};

/** Bytes in front of a call in which its arguments are looked for. */
const ARGUMENT_REACH = 48;
/** LEAQ address(IP), AX. */
const LOAD_ADDRESS = [0x48, 0x8d, 0x05] as const;
const LOAD_ADDRESS_LENGTH = 7;
/** MOVL $constant, CX and BX. */
const LOAD_CX = 0xb9;
const LOAD_BX = 0xbb;
const LOAD_CONSTANT_LENGTH = 5;

/** What a call is given, as far as it is plain. */
export interface Arguments {
  /** In the first register. */
  readonly address: number | undefined;
  /** In the third register, or in the second if none is loaded there. */
  readonly constant: number | undefined;
}

const NO_ARGUMENTS: Arguments = { address: undefined, constant: undefined };

/**
 * Finds what is loaded last before a call: an address that is wanted and behind that a constant. On amd64 since Go 1.17
 * arguments are in registers AX, BX, CX; before, the address went through AX all the same. As little of a disassembler as
 * the rest: what looks like a load is one.
 * @param start of the function
 */
export function findArguments(
  { arch, image }: Executable,
  returnAddress: number,
  start: number,
  isWanted: (address: number) => boolean,
): Arguments {
  if (arch !== "amd64") return NO_ARGUMENTS;
  const call = returnAddress - X86.length;
  const first = Math.max(start, call - ARGUMENT_REACH);
  let address: number | undefined;
  let behind = call;
  for (; behind >= first + LOAD_ADDRESS_LENGTH; behind--) {
    const at = behind - LOAD_ADDRESS_LENGTH;
    if (LOAD_ADDRESS.some((byte, i) => image.uint8(at + i) !== byte)) continue;
    const loaded = behind + (image.uint32(at + LOAD_ADDRESS.length) | 0);
    if (!isWanted(loaded)) continue;
    address = loaded;
    break;
  }
  if (address === undefined) return NO_ARGUMENTS;
  const find = (operation: number): number | undefined => {
    for (let at = call - LOAD_CONSTANT_LENGTH; at >= behind; at--) {
      if (image.uint8(at) === operation) return image.uint32(at + 1);
    }
    return undefined;
  };
  return { address, constant: find(LOAD_CX) ?? find(LOAD_BX) };
}

/**
 * Finds the direct calls of a function, in the order of instructions; none on architectures that are not known here.
 * O(size of the function).
 */
export function findDirectCalls({ arch, image }: Executable, functions: FunctionTable, index: number): DirectCall[] {
  const format = FORMATS[arch];
  const calls: DirectCall[] = [];
  if (format === undefined) return calls;
  const start = functions.entry[index]!;
  const available = image.fileBytesAt(start, Math.min(functions.entry[index + 1]! - start, MAX_SIZE));
  for (let offset = 0; offset + format.length <= available; offset += format.alignment) {
    const address = format.target(image, start + offset);
    const target = address < 0 ? NO_FUNCTION : functions.indexOfEntry(address);
    if (target !== NO_FUNCTION) calls.push({ returnAddress: start + offset + format.length, target });
  }
  return calls;
}
