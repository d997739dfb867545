/**
 * Compressed debug sections of any container: zlib, the older "ZLIB" header that Go wrote until 1.18, and zstd, which
 * objcopy and linkers of C write.
 */
import { ExecutableError } from "../../errors.ts";
import { inflate, MAX_DEFLATE_RATIO } from "../../io/packing/inflate.ts";
import { MAX_ZSTD_RATIO, unpackZstdFrame } from "../../io/packing/zstd-sync.ts";

/** For messages: what the section is called, and where it begins in the file. */
export interface SectionPlace {
  readonly name: string;
  readonly position: number;
}

/** No compiler wrote a section of 1 GiB yet; a file may claim any size. */
const MAX_SIZE = 2 ** 30;

const OLD_HEADER_SIZE = 12;

/** A debug section that is compressed. */
export interface PackedSection {
  /** Bytes that it unpacks to, as the file claims. */
  readonly size: number;
  /** @throws ExecutableError (`damaged`) */
  unpack(): Uint8Array;
}

/** A .zdebug_ section. @throws ExecutableError (`damaged`) */
export function openOldSection(bytes: Uint8Array, place: SectionPlace): PackedSection {
  const { packed, size } = readOldHeader(bytes, place);
  return { size, unpack: () => inflateDebugSection(packed, size, place) };
}

/** Reads what begins a .zdebug_ section: "ZLIB" and the unpacked size, 8 bytes, big-endian. @throws ExecutableError (`damaged`) */
function readOldHeader(bytes: Uint8Array, place: SectionPlace): { readonly packed: Uint8Array; readonly size: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (bytes.length < OLD_HEADER_SIZE || magic !== "ZLIB") throw damaged(place, "does not begin with ZLIB");
  const view = new DataView(bytes.buffer, bytes.byteOffset, OLD_HEADER_SIZE);
  return { packed: bytes.subarray(OLD_HEADER_SIZE), size: view.getUint32(4) * 2 ** 32 + view.getUint32(8) };
}

/** Unpacks a section of `size` bytes. Allocates no more than `packed` can hold. @throws ExecutableError (`damaged`) */
export function inflateDebugSection(packed: Uint8Array, size: number, place: SectionPlace): Uint8Array {
  return unpack(packed, size, place, MAX_DEFLATE_RATIO, () => inflate(packed, size));
}

/** The same of a section that is one zstd frame. */
export function unpackZstdDebugSection(packed: Uint8Array, size: number, place: SectionPlace): Uint8Array {
  return unpack(packed, size, place, MAX_ZSTD_RATIO, () => unpackZstdFrame(packed, size));
}

function unpack(
  packed: Uint8Array,
  size: number,
  place: SectionPlace,
  maxRatio: number,
  run: () => Uint8Array,
): Uint8Array {
  if (size === 0) return new Uint8Array(0);
  if (size > MAX_SIZE || size > packed.length * maxRatio) throw damaged(place, `cannot unpack to ${size} bytes`);
  let bytes: Uint8Array;
  try {
    bytes = run();
  } catch (error) {
    throw damaged(place, "cannot be unpacked", error);
  }
  if (bytes.length !== size) throw damaged(place, `unpacks to ${bytes.length} bytes instead of ${size}`);
  return bytes;
}

function damaged({ name, position }: SectionPlace, what: string, cause?: unknown): ExecutableError {
  return new ExecutableError(`section ${name} ${what}`, {
    code: "damaged",
    position,
    ...(cause === undefined ? {} : { cause }),
  });
}
