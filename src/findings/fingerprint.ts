/** Fingerprints: short names of findings by which two reports are compared. */

const OFFSET_BASIS = 0xcbf2_9ce4_8422_2325n;
const PRIME = 0x100_0000_01b3n;

/** Twelve hex digits that are the same wherever the texts are: 48 bits of FNV-1a. */
export function fingerprint(...texts: readonly string[]): string {
  let hash = OFFSET_BASIS;
  for (const byte of new TextEncoder().encode(texts.join("\0"))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return (hash >> 16n).toString(16).padStart(12, "0");
}
