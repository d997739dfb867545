/**
 * What a file is that somebody gave by mistake, by its first bytes: names are never asked. Knows formats of others; what is
 * to be done about them is the business of whoever wanted something else.
 */

/** Bytes of a file's beginning that are looked at. */
export const KIND_HEAD_LENGTH = 4096;

export type FileKind =
  | "empty"
  | "zeros"
  | "core"
  | "executable"
  | "object"
  | "archive"
  | "wasm"
  | "java-class"
  | "pprof"
  | "pprof-text"
  | "goroutines"
  | "trace"
  | "snapshot"
  | "heapprofile"
  | "cpuprofile"
  | "java-heap"
  | "perfetto"
  | "parquet"
  | "duckdb"
  | "sqlite"
  | "compressed"
  | "zip"
  | "tar"
  | "lfs-pointer"
  | "html"
  | "svg"
  | "dot"
  | "json"
  | "script"
  | "text";

/** What each is called in a sentence: "x is …". */
export const KIND_NAMES: Readonly<Record<FileKind, string>> = {
  empty: "empty",
  zeros: "nothing but zeros",
  core: "a core file, the memory of a process",
  executable: "an executable",
  object: "an object file that was not linked",
  archive: "an archive of object files",
  wasm: "a WebAssembly module",
  "java-class": "a Java class",
  pprof: "a pprof profile",
  "pprof-text": "a pprof profile as text",
  goroutines: "a text with the stacks of goroutines",
  trace: "an execution trace",
  snapshot: "a .heapsnapshot",
  heapprofile: "a .heapprofile",
  cpuprofile: "a .cpuprofile",
  "java-heap": "a Java heap dump",
  perfetto: "a Perfetto trace",
  parquet: "a Parquet file",
  duckdb: "a DuckDB database",
  sqlite: "an SQLite database",
  compressed: "compressed",
  zip: "a zip archive",
  tar: "a tar archive",
  "lfs-pointer": "what Git LFS puts in the place of a large file",
  html: "a web page",
  svg: "an SVG picture",
  dot: "a graph for Graphviz",
  json: "JSON",
  script: "a script",
  text: "a text file",
};

/** The first that fits is taken. Patterns are about Latin-1. */
const PATTERNS: readonly (readonly [kind: FileKind, pattern: RegExp])[] = [
  ["empty", /^$/],
  ["zeros", /^\0{64,}$/],
  // e_type is the halfword at 16, in the byte order that the sixth byte tells.
  ["core", /^\x7fELF.\x01.{10}\x04\0|^\x7fELF.\x02.{10}\0\x04|^MDMP/s],
  ["object", /^\x7fELF.\x01.{10}\x01\0|^\x7fELF.\x02.{10}\0\x01/s],
  // Mach-O's filetype is the word at 12.
  ["core", /^[\xcf\xce]\xfa\xed\xfe.{8}\x04\0\0\0|^\xfe\xed\xfa[\xcf\xce].{8}\0\0\0\x04/s],
  [
    "executable",
    /^\x7fELF|^MZ|^[\xcf\xce]\xfa\xed\xfe|^\xfe\xed\xfa[\xcf\xce]|^\xca\xfe\xba[\xbe\xbf]\0\0\0[\x01-\x1e]/,
  ],
  ["java-class", /^\xca\xfe\xba\xbe/],
  ["archive", /^!<arch>\n/],
  ["wasm", /^\0asm/],
  ["pprof-text", /^(?:heap|mutex|contention|threadcreate) ?profile: |^--- (?:contention|mutex):\n/],
  [
    "goroutines",
    /^goroutine profile: total \d|^(?:[^\n]{0,400}\n){0,40}?goroutine \d+ [^\n]{0,100}\[[^\n\]]{1,100}\]:\n/,
  ],
  ["trace", /^go 1\.\d+ trace\0/],
  ["snapshot", /^\s*\{\s*"snapshot"\s*:/],
  ["heapprofile", /^\s*\{\s*"head"\s*:/],
  ["cpuprofile", /^\s*\{\s*"nodes"\s*:/],
  ["java-heap", /^JAVA PROFILE/],
  // A packet's length, its time, its sequence: as gohd writes them, and most others.
  ["perfetto", /^\n[\x80-\xff]{0,4}[\0-\x7f]@[\x80-\xff]{1,9}[\0-\x7f]P/],
  ["parquet", /^PAR1/],
  ["duckdb", /^.{8}DUCK/s],
  ["sqlite", /^SQLite format 3\0/],
  ["zip", /^PK(?:\x03\x04|\x05\x06)/],
  ["tar", /^.{257}ustar/s],
  ["compressed", /^(?:\x1f\x8b|\x28\xb5\x2f\xfd|\xfd7zXZ|BZh\d|\x04"M\x18|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\x1f\x9d)/],
  ["lfs-pointer", /^version https:\/\/git-lfs\.github\.com\//],
  ["svg", /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]{0,999}?-->\s*|<!DOCTYPE svg[^>]*>\s*){0,5}<svg[\s>]/i],
  ["html", /^(?:\xef\xbb\xbf)?\s*(?:<!--[\s\S]{0,999}?-->\s*)?<(?:!doctype html|html|head|body)\b/i],
  ["dot", /^(?:strict )?(?:di)?graph\b[^{\n]{0,200}\{/],
  ["json", /^(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:"|\})|\[\s*[\d"{[\]tfn-])/],
  ["script", /^#!/],
  // Tabs, line breaks, and no control character beside.
  ["text", /^[\t\n\r\x20-\x7e\x80-\xff]+$/],
];

/** Tells what a file is, from the first KIND_HEAD_LENGTH bytes of it or all that there are; undefined if nothing fits. */
export function recognizeFile(head: Uint8Array): FileKind | undefined {
  const bytes = head.subarray(0, KIND_HEAD_LENGTH);
  if (isProfile(bytes)) return "pprof";
  const text = String.fromCharCode(...bytes);
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** Fields of pprof's message Profile that are numbers: drop_frames to duration_nanos, period, comments. */
const PROFILE_NUMBERS: ReadonlySet<number> = new Set([7, 8, 9, 10, 12, 13, 14]);
/** Those that are messages, or texts: types, samples, mappings, locations, functions, strings. */
const PROFILE_MESSAGES: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 11]);

const SAMPLE_TYPE = 1;

/** Whether these are fields of a Profile, in whatever order, among them the type of its samples, a pair of small numbers. */
function isProfile(bytes: Uint8Array): boolean {
  for (let at = 0; at + 2 < bytes.length; ) {
    const tag = bytes[at++]!;
    const field = tag >> 3;
    if (PROFILE_NUMBERS.has(field) && (tag & 7) === 0) {
      while (bytes[at]! >= 0x80) at++;
      at++;
      continue;
    }
    if (!PROFILE_MESSAGES.has(field) || (tag & 7) !== 2) return false;
    const length = bytes[at++]!;
    if (length >= 0x80) return false;
    if (field === SAMPLE_TYPE) return bytes[at] === 0x08 && [2, 3, 4, 5, 6].includes(length);
    at += length;
  }
  return false;
}
