/**
 * Tells by its first bytes how a file is compressed. Names are never asked: dumps are renamed, piped and rotated. A heap
 * dump itself begins with "go1.", so no magic here can be taken for one.
 */

/** What gohd unpacks by itself. */
export type Compression = "gzip" | "zstd";

/** How many bytes `detectCompression` wants to see; fewer are only right at the end of the input. */
export const MAGIC_LENGTH = 6;

/** Compressed formats that gohd does not unpack, with the command that does. */
const FOREIGN: readonly { readonly name: string; readonly magic: readonly number[]; readonly command: string }[] = [
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], command: "xz -dc" },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68], command: "bzip2 -dc" },
  { name: "LZ4", magic: [0x04, 0x22, 0x4d, 0x18], command: "lz4 -dc" },
  { name: "zip", magic: [0x50, 0x4b, 0x03, 0x04], command: "unzip -p" },
];

/** Recognises gzip (RFC 1952) and zstd (RFC 8878, a skippable frame at the front included). */
export function detectCompression(head: Uint8Array): Compression | undefined {
  if (startsWith(head, [0x1f, 0x8b])) return "gzip";
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return "zstd";
  if (head.length >= 4 && (head[0]! & 0xf0) === 0x50 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18])) return "zstd";
  return undefined;
}

/** Recognises what gohd cannot unpack, so that the error can say what to do. */
export function detectForeignCompression(
  head: Uint8Array,
): { readonly name: string; readonly command: string } | undefined {
  return FOREIGN.find(({ magic }) => startsWith(head, magic));
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);
}
