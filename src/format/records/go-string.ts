/**
 * Go strings as JavaScript strings. Go strings hold any bytes; those that are not UTF-8 come out as the lone surrogates
 * U+DC80…U+DCFF, one a byte, so that nothing is lost and encoding gives the same bytes again.
 */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const LONE_BYTE = /[\udc80-\udcff]/;

/** Decodes bytes start…end-1. */
export function decodeGoString(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 64) {
    // Names are short and ASCII; this is several times quicker than TextDecoder on them.
    let text = "";
    let i = start;
    for (; i < end && bytes[i]! < 0x80; i++) text += String.fromCharCode(bytes[i]!);
    if (i === end) return text;
  }
  const part = bytes.subarray(start, end);
  try {
    return utf8.decode(part);
  } catch {
    return decodeDamaged(part);
  }
}

/** The inverse of `decodeGoString`. */
export function encodeGoString(text: string): Uint8Array {
  if (!LONE_BYTE.test(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (character.length === 1 && code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

function decodeDamaged(bytes: Uint8Array): string {
  let text = "";
  let i = 0;
  while (i < bytes.length) {
    const lead = bytes[i]!;
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    let decoded: string | undefined;
    if (length > 0 && i + length <= bytes.length) {
      try {
        decoded = utf8.decode(bytes.subarray(i, i + length));
      } catch {
        decoded = undefined;
      }
    }
    text += decoded ?? String.fromCharCode(0xdc00 + lead);
    i += decoded === undefined ? 1 : length;
  }
  return text;
}
