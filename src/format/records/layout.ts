/**
 * The five headers and what they say of the records' layout. The header alone decides the layout; everything else that
 * changed between Go releases changed under the last header and is a matter of meaning, not of bytes.
 */
export interface Layout {
  /** N of the header "go1.N heap dump": 3 … 7. */
  readonly header: 3 | 4 | 5 | 6 | 7;
  /**
   * The go1.3 dumps of gccgo (GCC 5–7), whose Type records have no field list. Known once Params is read: their thechar
   * is 0.
   */
  readonly gccgo13: boolean;
}

/** Length of the header line in bytes. */
export const HEADER_LENGTH = 16;

const HEADER = /^go1\.([3-7]) heap dump\n$/;

/** Recognises the header line in the first bytes of a dump; undefined if they are none. */
export function parseHeader(bytes: Uint8Array): Layout | undefined {
  const match = HEADER.exec(String.fromCharCode(...bytes.subarray(0, HEADER_LENGTH)));
  return match === null ? undefined : { header: Number(match[1]) as Layout["header"], gccgo13: false };
}

export function formatHeader(layout: Layout): string {
  return `go1.${layout.header} heap dump\n`;
}
