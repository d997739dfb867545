/**
 * The five headers and what they say of the records' layout. The header alone decides the layout; everything else that
 * changed between Go releases changed under the last header and is a matter of meaning, not of bytes.
 */
import { HeapDumpError } from "../../errors.ts";

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

/**
 * Recognises the header line.
 * @param bytes the first bytes of the file, HEADER_LENGTH of them if it has so many
 * @throws HeapDumpError "not-a-heap-dump"
 */
export function parseHeader(bytes: Uint8Array, position = 0): Layout {
  const text = String.fromCharCode(...bytes.subarray(0, HEADER_LENGTH));
  const match = HEADER.exec(text);
  if (match) return { header: Number(match[1]) as Layout["header"], gccgo13: false };
  throw new HeapDumpError(notADump(bytes, text), {
    code: "not-a-heap-dump",
    position,
    hint: "gohd reads what runtime/debug.WriteHeapDump writes; such a file begins with the line 'go1.7 heap dump'",
  });
}

export function formatHeader(layout: Layout): string {
  return `go1.${layout.header} heap dump\n`;
}

/** Files that people give by mistake, by their first bytes. */
function notADump(bytes: Uint8Array, text: string): string {
  if (bytes.length === 0) return "the file is empty";
  if (/^go1\.\d+ heap dump\n/.test(text))
    return `unknown header ${JSON.stringify(text.trim())}; go1.3 … go1.7 are known`;
  if (text.startsWith("\x7fELF")) return "this is an ELF file (an executable or a core dump), not a heap dump";
  if (text.startsWith("JAVA PROFILE")) return "this is a Java heap dump";
  if (text.startsWith('{"snapshot"')) return "this is a .heapsnapshot already";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "this is gzip data inside gzip data, or a pprof profile";
  if (text.startsWith("DUCK", 8))
    return "this is a DuckDB database; gohd sql reads it beside a dump: ATTACH 'file.duckdb' AS x (READ_ONLY); USE x; FROM top_types()";
  if (text.startsWith("PAR1")) return "this is a Parquet file; gohd sql reads it beside a dump, FROM 'file.parquet'";
  if (text.startsWith("go1.")) return `the header line is damaged: ${JSON.stringify(text)}`;
  return "no heap dump header at the beginning";
}
