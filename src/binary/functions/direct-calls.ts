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
