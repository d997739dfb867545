/** What files are that are given by mistake, and what is said of them in the place of a dump or an executable. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import duckdb from "../../converters/parquet/duckdb.ts";
import parquet from "../../converters/parquet/index.ts";
import { runCommandLine } from "../../src/cli/program.ts";
import { type FileKind, KIND_HEAD_LENGTH, recognizeFile } from "../../src/io/file-kinds.ts";
import { testTerminal } from "../cli/test-terminal.ts";
import { convertToBytes } from "../support/conversion.ts";
import { convertToPath } from "../support/directory-conversion.ts";
import { sampleHeap, sampleNames, samplePath } from "../support/sample-dumps.ts";
import { executablePath } from "../support/typed-samples.ts";

/** Beginnings of files, as Latin-1. */
const HEADS: readonly (readonly [kind: FileKind | undefined, what: string, head: string])[] = [
  ["empty", "nothing", ""],
  ["zeros", "room that was set aside", "\0".repeat(500)],
  ["core", "a Linux core", `\x7fELF\x02\x01\x01${"\0".repeat(9)}\x04\0\x3e\0`],
  ["core", "a big-endian core", `\x7fELF\x02\x02\x01${"\0".repeat(9)}\0\x04\0\x16`],
  ["core", "a macOS core", `\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x04\0\0\0`],
  ["core", "a Windows minidump", "MDMP\x93\xa7\0\0"],
  ["executable", "ELF", `\x7fELF\x02\x01\x01${"\0".repeat(9)}\x02\0\x3e\0`],
  ["executable", "Mach-O", `\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0`],
  ["executable", "fat Mach-O", "\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07"],
  ["executable", "PE", "MZ\x90\0"],
  ["object", "an object file", `\x7fELF\x02\x01\x01${"\0".repeat(9)}\x01\0\x3e\0`],
  ["archive", "an archive", "!<arch>\n/   "],
  ["wasm", "WebAssembly", "\0asm\x01\0\0\0"],
  ["java-class", "a class", "\xca\xfe\xba\xbe\0\0\0\x34\0\x10"],
  ["pprof", "Go's heap profile", "Z\x04\x08\x01\x10\x02`\x01\n\x04\x08\x03\x10\x04\n\x04\x08\x05\x10\x02"],
  [
    "pprof",
    "Go's CPU profile",
    "H\xf3\xbd\xdf\xae\x98\xf4\x85\xf6\x18\n\x04\x08\x01\x10\x02\n\x04\x08\x03\x10\x04P\xb4",
  ],
  ["pprof-text", "heap?debug=1", "heap profile: 101: 103424 [101: 103424] @ heap/2\n1: 1024"],
  ["pprof-text", "block?debug=1", "--- contention:\ncycles/second=1\n"],
  ["goroutines", "goroutine?debug=1", "goroutine profile: total 5\n1 @ 0x43"],
  ["goroutines", "goroutine?debug=2", "goroutine 1 [running]:\nmain.main()\n"],
  [
    "goroutines",
    "what SIGQUIT prints",
    "SIGQUIT: quit\nPC=0x46 m=0\n\ngoroutine 0 gp=0x5 m=0 mp=0x7 [idle]:\nruntime.futex(",
  ],
  ["goroutines", "a panic", "2026/11/20 started\npanic: oh\n\ngoroutine 7 [chan receive, 3 minutes]:\nmain.f()"],
  ["trace", "go tool trace's", "go 1.22 trace\0\0\0"],
  ["snapshot", "DevTools' own", '{"snapshot":{"meta":'],
  ["snapshot", "one that was laid out", '{\n  "snapshot": {'],
  ["heapprofile", "a sampling profile", '{"head":{"callFrame"'],
  ["cpuprofile", "a CPU profile", '{"nodes":[{"id":1'],
  ["java-heap", "hprof", "JAVA PROFILE 1.0.2\0"],
  ["sqlite", "SQLite", "SQLite format 3\0"],
  ["zip", "zip", "PK\x03\x04\x14\0"],
  ["tar", "tar", `app.dump${"\0".repeat(249)}ustar\0`],
  ["compressed", "gzip", "\x1f\x8b\x08\0"],
  ["compressed", "7z", "7z\xbc\xaf\x27\x1c\0\x04"],
  ["lfs-pointer", "Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:"],
  ["html", "a page", "\n<!-- x -->\n<!DOCTYPE html>\n<html>"],
  ["html", "a page without a type", "<html lang=en><head>"],
  ["svg", "a picture", '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C">\n<svg width='],
  ["dot", "a graph", 'digraph "x" {\n'],
  ["json", "gohd info --json", '{\n  "dump": {'],
  ["json", "a list", "[1, 2]"],
  ["script", "a script", "#!/bin/sh\n"],
  ["text", "a program", "package main\n\nfunc main() {}\n"],
  [undefined, "noise", "\x01\x02\x03\x04\x05\x06\x07"],
  [undefined, "a heap dump", "go1.7 heap dump\n\x06\0\x08"],
];

test.each(HEADS)("%s: %s", (kind, _, head) => {
  expect(recognizeFile(Buffer.from(head, "latin1"))).toBe(kind);
});

test("what gohd reads and writes", { timeout: 60_000 }, async () => {
  const heap = await sampleHeap("workers.1.24.amd64");
  const kinds: Readonly<Record<string, FileKind>> = {
    ...{ heapsnapshot: "snapshot", heaptimeline: "snapshot", heapprofile: "heapprofile", pprof: "compressed" },
    ...{ dot: "dot", svg: "svg", perfetto: "perfetto", hprof: "java-heap" },
  };
  for (const [name, kind] of Object.entries(kinds)) {
    const { default: converter } = await BUILT_IN_CONVERTERS[name as keyof typeof BUILT_IN_CONVERTERS]();
    // biome-ignore lint/suspicious/noExplicitAny: whatever options they have, the defaults do.
    expect(recognizeFile((await convertToBytes(converter as any, heap)).bytes), name).toBe(kind);
  }
  expect(recognizeFile(readFileSync(await convertToPath(duckdb, heap)))).toBe("duckdb");
  expect(recognizeFile(readFileSync(join(await convertToPath(parquet, heap), "types.parquet")))).toBe("parquet");
  expect(recognizeFile(readFileSync(process.execPath))).toBe("executable");
  for (const name of sampleNames()) expect(recognizeFile(readFileSync(samplePath(name))), name).toBe("compressed");
});

test("long beginnings of nothing in particular cost nothing", () => {
  const lines = Buffer.from("goroutine 1 [\n<!-- <?xml \n".repeat(1000));
  for (const head of [
    lines,
    Buffer.alloc(1 << 20, "\n"),
    Buffer.alloc(1 << 20, "<!--"),
    Buffer.alloc(1 << 20, "\x0a\x04\x08"),
  ]) {
    expect(() => recognizeFile(head)).not.toThrow();
  }
  // Only the beginning counts.
  expect(recognizeFile(Buffer.concat([Buffer.alloc(KIND_HEAD_LENGTH, "x"), Buffer.from([0])]))).toBe("text");
});

describe("in the place of a dump", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gohd-test-kinds-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function complain(head: Uint8Array, name = "x", exe = false) {
    const path = join(folder, name);
    writeFileSync(path, head);
    const terminal = testTerminal();
    const args = exe ? ["info", samplePath("workers.1.24.amd64"), "--exe", path] : ["info", path];
    expect(await runCommandLine(args, terminal)).toBe(1);
    const [message = "", hint = ""] = terminal.errorText().replaceAll(`${folder}/`, "").split("\n");
    expect(message).not.toMatch(/byte 0x/);
    return [message, hint.trim()];
  }

  test("every kind has a name, and says what makes or opens the right thing", async () => {
    for (const [kind, what, head] of HEADS) {
      if (what === "a heap dump" || ["gzip", "zip"].includes(what)) continue;
      const [message, hint] = await complain(Buffer.from(head, "latin1"));
      const expected =
        kind === undefined
          ? /^gohd: heap dump: x is no heap dump: it does not begin with a line such as 'go1\.7 heap dump'$/
          : kind === "empty"
            ? /: x is empty$/
            : /: x is .*, not a heap dump$/;
      expect(message, what).toMatch(expected);
      expect(hint, what).toMatch(/^\S.{20}/);
    }
  });

  test.each([
    [
      "a profile",
      gzipSync(Buffer.from("Z\x04\x08\x01\x10\x02`\x01\n\x04\x08\x03\x10\x04", "latin1")),
      "x is a pprof profile,",
      "go tool pprof x opens it",
    ],
    [
      "stacks",
      Buffer.from("goroutine 1 [running]:\n"),
      "x is a text with the stacks of goroutines,",
      "WriteHeapDump writes; gohd --help shows how",
    ],
    [
      "a core file",
      Buffer.from(HEADS[2]![2], "latin1"),
      "x is a core file, the memory of a process,",
      "Delve opens it",
    ],
    ["the program", Buffer.from(HEADS[6]![2], "latin1"), "x is an executable,", "gohd info app.dump --exe x"],
    ["a snapshot", Buffer.from('{"snapshot":{'), "x is a .heapsnapshot,", "F12, Memory, Load profile"],
    ["a database", Buffer.from("xxxxxxxxDUCK"), "x is a DuckDB database,", "gohd sql x asks it"],
    ["packed twice", gzipSync(gzipSync(Buffer.from("go1.7 heap dump\n"))), "x is compressed,", "packed twice"],
    [
      "lines that were changed",
      Buffer.from("go1.7 heap dump\r\n\x06"),
      "ends with a carriage return",
      "as binary data",
    ],
    [
      "a later header",
      Buffer.from("go1.8 heap dump\n\x06"),
      'x begins with "go1.8 heap dump"; go1.3 … go1.7',
      "newer gohd",
    ],
    ["a damaged header", Buffer.from("go1.7 heap bump\n\x06"), 'damaged: "go1.7 heap bump\\n"', "WriteHeapDump"],
  ])("%s", async (_, head, message, hint) => {
    const [found, advice] = await complain(head);
    expect(found).toContain(message);
    expect(advice).toContain(hint);
  });

  test("in the place of an executable", async () => {
    for (const [kind, what, head] of HEADS) {
      if (["executable", "core", "object"].includes(kind ?? "") || ["gzip", "zip"].includes(what)) continue;
      const [message] = await complain(Buffer.from(head, "latin1"), "x", true);
      expect(message, what).toMatch(
        /^gohd: executable: x is (?:.*, (?:not an executable|which gohd does not read)|empty|a heap dump|not an executable that gohd knows.*)$/,
      );
    }
    expect((await complain(readFileSync(executablePath("dominators.1.19.amd64")), "y"))[0]).toContain(
      "y is an executable",
    );
  });
});
