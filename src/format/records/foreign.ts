/** Files that people give in the place of a heap dump: what they are, and what makes, or opens, the right thing. */
import { HeapDumpError } from "../../errors.ts";
import { type FileKind, KIND_NAMES, recognizeFile } from "../../io/file-kinds.ts";
import { quoteWord } from "../../shown-text.ts";

const WRITE = "a heap dump is what runtime/debug.WriteHeapDump writes; gohd --help shows how";

/** What to do about each kind; what is not here gets the general words. `name` is the file's, fit for a shell. */
const ADVICE: { readonly [K in FileKind]?: (name: string) => string } = {
  empty: () =>
    "the runtime ignores errors when it writes a dump: perhaps the disk was full, or the file was opened for reading only",
  core: () => `Delve opens it (dlv core); ${WRITE}`,
  executable: (name) =>
    `the dump comes first, the program that wrote it behind --exe: gohd info app.dump --exe ${name}`,
  pprof: (name) => `go tool pprof ${name} opens it; it has samples, not the heap; ${WRITE}`,
  "pprof-text": (name) => `go tool pprof ${name} opens it; it has samples, not the heap; ${WRITE}`,
  goroutines: () => `it can be read as it is; a heap dump has the goroutines, too, and what they hold; ${WRITE}`,
  trace: (name) => `go tool trace ${name} opens it; ${WRITE}`,
  snapshot: () => "it is what gohd makes of a dump, and Chrome DevTools opens it: F12, Memory, Load profile",
  heapprofile: () => "Chrome DevTools opens it: F12, Memory, Load profile",
  cpuprofile: () => "Chrome DevTools opens it: F12, Performance, Load profile",
  "java-heap": () => "Eclipse MAT and VisualVM open it; gohd reads heap dumps of Go programs",
  perfetto: () => "https://ui.perfetto.dev opens it; gohd makes such a file of a heap dump, and reads none",
  parquet: () => "gohd sql <directory> asks the directory that holds it; beside a dump, FROM 'file.parquet' reads it",
  duckdb: (name) => `gohd sql ${name} asks it, if gohd convert --to duckdb wrote it`,
  zip: (name) => `unpack it on the way: unzip -p ${name} | gohd info -`,
  tar: (name) => `unpack it on the way: tar -xOf ${name} app.dump | gohd info -`,
  compressed: () => "it is packed twice: unpack it once, and give gohd the result",
  "lfs-pointer": () => "git lfs pull fetches the file itself",
  html: () => "perhaps a page that tells of an error, or asks who you are: fetch the file once more",
};

/**
 * Makes the error for a file that begins with `head`, which is no header of a heap dump.
 * @param head the first KIND_HEAD_LENGTH bytes, or all that there are
 * @param position where the dump should begin, if it is not the file's beginning
 */
export function notADump(name: string, head: Uint8Array, position: number): HeapDumpError {
  const { reason, hint } = describe(name, head);
  return new HeapDumpError(reason, { code: "not-a-heap-dump", hint, ...(position === 0 ? {} : { position }) });
}

function describe(name: string, head: Uint8Array): { readonly reason: string; readonly hint: string } {
  const line = String.fromCharCode(...head.subarray(0, 24));
  const known = /^go1\.\d+ heap dump(?=\n)/.exec(line)?.[0];
  if (known !== undefined) {
    return { reason: `${name} begins with "${known}"; go1.3 … go1.7 are known`, hint: "a newer gohd may know it" };
  }
  if (/^go1\.\d+ heap dump\r/.test(line)) {
    return {
      reason: `the header line of ${name} is damaged: it ends with a carriage return`,
      hint: "the file went through something that changes the ends of lines; copy it as binary data",
    };
  }
  if (line.startsWith("go1."))
    return { reason: `the header line of ${name} is damaged: ${JSON.stringify(line.slice(0, 16))}`, hint: WRITE };
  const kind = recognizeFile(head);
  if (kind === undefined) {
    return { reason: `${name} is no heap dump: it does not begin with a line such as 'go1.7 heap dump'`, hint: WRITE };
  }
  const advice = ADVICE[kind]?.(quoteWord(name)) ?? WRITE;
  return {
    reason: kind === "empty" ? `${name} is empty` : `${name} is ${KIND_NAMES[kind]}, not a heap dump`,
    hint: advice,
  };
}
