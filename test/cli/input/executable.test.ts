/** `--exe`: types from the executables of the samples, and what is said of files that are not the right one. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openExecutable } from "../../../src/binary/index.ts";
import type { InfoReport } from "../../../src/cli/info/info-report.ts";
import { runCommandLine } from "../../../src/cli/program.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { writeElf } from "../../binary/containers/elf/elf-writer.ts";
import { CPU_AMD64, CPU_ARM64, writeFatMachO, writeMachO } from "../../binary/containers/mach-o/mach-o-writer.ts";
import { writePe } from "../../binary/containers/pe/pe-writer.ts";
import { samplePath } from "../../support/sample-dumps.ts";
import { testTerminal } from "../test-terminal.ts";

const SAMPLES = join(import.meta.dirname, "../../../samples");
const executablePath = (name: string): string => join(SAMPLES, `executables/${name}.exe.zst`);

/** A dump of each program of which the executable is kept. */
const PAIRS = [
  ["sessions-before.1.27.amd64", "sessions.1.27.amd64"],
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
  ["workers.1.24.amd64", "workers.1.24.amd64"],
  ["queue.1.22.amd64", "queue.1.22.amd64"],
  ["dominators.1.19.amd64", "dominators.1.19.amd64"],
] as const;

const DUMP = samplePath("dominators.1.19.amd64");
const EXECUTABLE = executablePath("dominators.1.19.amd64");

const previous = process.cwd();
let folder: string;
/** The executable of dominators.1.19, unpacked. */
let plain: Uint8Array;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-exe-")));
  plain = await unpack(EXECUTABLE);
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(previous);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(name, { recursive: true });
});

async function gohd(...args: string[]) {
  const terminal = testTerminal({ directory: folder });
  const code = await runCommandLine(args, terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

async function readReport(...args: string[]): Promise<InfoReport> {
  const { code, output, errors } = await gohd("info", "--json", ...args);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  return JSON.parse(output);
}

async function unpack(path: string): Promise<Uint8Array> {
  const source = await openSource(path);
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0, source.size, 0);
  source.close();
  return bytes;
}

/** A part of a fat file for another architecture. */
const otherSlice = (cpuType: number) => ({
  cpuType,
  bytes: writeMachO({ cpuType, segments: [{ name: "__DATA", address: 0x1000, bytes: new Uint8Array(64) }] }),
});

/** Objects of a type among the most frequent ones. */
const countOf = ({ types }: InfoReport, name: string): number | undefined =>
  types.top.find((type) => type.name === name && type.kind === "named")?.count;

describe("the executable of a sample", () => {
  test("is the one that the table of samples tells", async () => {
    const table = readFileSync(join(SAMPLES, "README.md"), "utf8").split("\n");
    const kept = readdirSync(join(SAMPLES, "executables")).map((name) => name.replace(/\.exe\.zst$/, ""));
    const others = kept.filter((name) => PAIRS.every(([, executable]) => executable !== name));
    // Of a program that dumps twice there are a dump before and one after.
    const dumpsOf = (name: string): string[] => {
      if (table.some((row) => row.startsWith(`| \`${name}.dump.`))) return [name];
      return ["before", "after"].map((when) => name.replace(".", `-${when}.`));
    };
    for (const [dump, executable] of [
      ...PAIRS,
      ...others.flatMap((name) => dumpsOf(name).map((dump) => [dump, name] as const)),
    ]) {
      const sum = createHash("sha256")
        .update(await unpack(executablePath(executable)))
        .digest("hex");
      expect(table.find((row) => row.startsWith(`| \`${dump}.dump.`))).toMatch(new RegExp(` \`${sum}\` \\|$`));
    }
  });

  test.each(PAIRS)("wrote %s, exactly", async (dump, executable) => {
    const report = await readReport(samplePath(dump), "--exe", executablePath(executable));
    const [, version] = /\.(1\.\d+)\./.exec(dump)!;
    expect(report.executable).toEqual({
      name: executablePath(executable),
      goVersion: report.dump.goVersion,
      verdict: "exact",
      explanation: expect.stringMatching(
        /wrote this dump: (\d+) of \1 functions on stacks and (\d+) of \2 type records/,
      ),
      names: {
        file: executablePath(executable),
        source: "debug information",
        explanation: `names from debug information of ${executablePath(executable)}`,
      },
    });
    const { globals, frames } = report.roots.named!;
    expect(globals.named / globals.count).toBeGreaterThan(0.9);
    expect(frames.named / frames.count).toBeGreaterThan(0.5);
    expect(report.dump.goVersion).toMatch(new RegExp(`^go${version}\\.`));
    expect(report.warnings).toEqual([]);
  });

  test("names what leaks in sessions: a map of sessions with all that they hold", async () => {
    const executable = executablePath("sessions.1.27.amd64");
    const [before, after] = [
      await readReport(samplePath("sessions-before.1.27.amd64"), "--exe", executable),
      await readReport(samplePath("sessions-after.1.27.amd64"), "--exe", executable),
    ];
    for (const type of ["main.Session", "main.User", "main.LastSeen"]) {
      expect([type, countOf(before, type), countOf(after, type)]).toEqual([type, 150, 500]);
    }
    expect(after.types.top.map(({ name }) => name)).toContain("[]map.group[string]*main.Session");
    const none = after.types.bySource.find(({ source }) => source === "none")!;
    expect(none.count / after.objects.total.count).toBeLessThan(0.01);
    expect(none.bytes / after.objects.total.bytes).toBeLessThan(0.025);
  });

  test("names what is left in the queue, and the goroutines of the workers", async () => {
    const queue = await readReport(samplePath("queue.1.22.amd64"), "--exe", executablePath("queue.1.22.amd64"));
    expect(countOf(queue, "main.Job")).toBe(600);
    expect(countOf(queue, "container/list.Element")).toBe(16);
    const workers = await readReport(samplePath("workers.1.24.amd64"), "--exe", executablePath("workers.1.24.amd64"));
    expect(countOf(workers, "runtime.g")).toBeGreaterThan(45);
  });

  test("changes types and nothing else", async () => {
    const sample = samplePath("queue.1.22.amd64");
    const typed = await readReport(sample, "--exe", executablePath("queue.1.22.amd64"));
    const untyped = await readReport(sample);
    const ignored = { executable: null, types: null, finalizers: null, holders: null, cannotShow: null };
    const isOfFrame = (kind: string) => kind.startsWith("frame");
    const without = (report: typeof typed) => ({
      ...report,
      ...ignored,
      roots: {
        ...report.roots,
        named: null,
        // Which words of frames are no left-overs, the executable proves.
        byKind: report.roots.byKind.filter(({ kind }) => !isOfFrame(kind)),
        ofFrames: report.roots.byKind.reduce((sum, { kind, count }) => sum + (isOfFrame(kind) ? count : 0), 0),
      },
      // Only symbols tell where one variable ends and the next begins.
      ledger: { ...report.ledger, largestGlobals: null },
    });
    expect(without(typed)).toEqual(without(untyped));
    expect(untyped.ledger?.largestGlobals).toEqual([]);
    expect(untyped.executable).toBeNull();
    const sum = (column: "count" | "bytes") => typed.types.bySource.reduce((total, row) => total + row[column], 0);
    expect({ count: sum("count"), bytes: sum("bytes") }).toEqual(typed.objects.total);
  });

  test("in words: the executable, the types, what is known, and one blind spot less", async () => {
    const { output } = await gohd("info", DUMP, "--exe", EXECUTABLE);
    expect(output).toContain("\nExecutable\n");
    expect(output).toMatch(/\n {2}match +exact: everything in the dump agrees with it\n/);
    expect(output).toMatch(/ 13 {2}main\.Vertex/);
    expect(output).toMatch(/\n {2}all that are known +\d+ +[\d.]+ % +[\d.]+ KiB +(> 99\.9|9\d\.\d) %\n/);
    expect(output).not.toContain("the Go type of most objects");
    const without = (await gohd("info", DUMP)).output;
    expect(without).toContain("--exe with the program's executable");
    expect(without).not.toContain("\nExecutable\n");
  });

  test("types a conversion, and the summary says how much; quietly it says nothing", async () => {
    const { code, errors } = await gohd("convert", DUMP, "--exe", EXECUTABLE, "-o", "a.heapsnapshot");
    const [, objects, bytes] =
      /^wrote a\.heapsnapshot: .*\ntypes of (.*) % of the objects, (.*) % of the bytes, from .*\n$/.exec(errors)!;
    const report = await readReport(DUMP, "--exe", EXECUTABLE);
    const none = report.types.bySource.find(({ source }) => source === "none")!;
    const known = (column: "count" | "bytes") => 100 - (100 * none[column]) / report.objects.total[column];
    // What would round to 100 is said to be more than 99.9.
    const said = (share: number) => (share > 99.9 && share < 100 ? "> 99.9" : share.toFixed(1));
    expect([objects, bytes]).toEqual([said(known("count")), said(known("bytes"))]);
    expect(known("count")).toBeGreaterThan(80);
    expect(code).toBe(0);
    const { strings } = JSON.parse(readFileSync("a.heapsnapshot", "utf8"));
    expect(strings.some((text: string) => text.includes("main.Vertex"))).toBe(true);
    expect(await gohd("convert", DUMP, "--exe", EXECUTABLE, "-o", "b.heapsnapshot", "-q")).toEqual({
      code: 0,
      output: "",
      errors: "",
    });
    await gohd("convert", DUMP, "-o", "c.heapsnapshot");
    expect(readFileSync("c.heapsnapshot", "utf8")).not.toContain("main.Vertex");
  });

  test("may be plain or compressed", async () => {
    writeFileSync("plain", plain);
    writeFileSync("packed", gzipSync(plain));
    const names = async (executable: string) => (await readReport(DUMP, "--exe", executable)).types.top;
    const expected = await names(EXECUTABLE);
    expect(await names("plain")).toEqual(expected);
    expect(await names("packed")).toEqual(expected);
  });
});

describe("the same program in another container", () => {
  /** Segments of the Linux program as they are: a dump of a process that was loaded so is of this file, too. */
  const segments = () => {
    const executable = openExecutable(memorySource(plain));
    return executable.segments.map((segment, i) => ({
      ...segment,
      name: `.part${i}`,
      bytes: Uint8Array.from(executable.image.bytes(segment.address, segment.fileSize)!),
    }));
  };
  const machO = (): Uint8Array => writeMachO({ segments: segments() });
  const pe = (): Uint8Array => {
    const sections = segments().map(({ writable, executable, ...section }) => ({
      ...section,
      flags: 0x4000_0040 + (executable ? 0x2000_0020 : 0) + (writable ? 0x8000_0000 : 0),
    }));
    return writePe({ pointerSize: 8, imageBase: 0x40_0000, sections });
  };

  test.each([
    ["Mach-O", machO],
    ["fat Mach-O", () => writeFatMachO([otherSlice(CPU_ARM64), { cpuType: CPU_AMD64, bytes: machO() }])],
    ["PE", pe],
  ])("%s gives the same types", async (_, make) => {
    writeFileSync("x", make());
    writeFileSync("stripped", writeElf({ pointerSize: 8, bigEndian: false, machine: 62, segments: segments() }));
    const expected = await readReport(DUMP, "--exe", "stripped");
    const found = await readReport(DUMP, "--exe", "x");
    expect(found.executable).toMatchObject({ verdict: "exact", goVersion: "go1.19.8" });
    expect(found.types).toEqual(expected.types);
    expect(countOf(found, "main.Vertex")).toBeGreaterThan(0);
  });
});

/** What `objcopy --only-keep-debug` makes of a 64-bit ELF file: what is loaded has headers, but no contents. */
function keepDebugInformation(bytes: Uint8Array): Uint8Array {
  const kept = Uint8Array.from(bytes);
  const view = new DataView(kept.buffer);
  const headers = Number(view.getBigUint64(0x28, true));
  for (let i = 0; i < view.getUint16(0x3c, true); i++) {
    const header = headers + i * view.getUint16(0x3a, true);
    const isLoaded = (view.getUint32(header + 8, true) & 2) !== 0;
    if (isLoaded) view.setUint32(header + 4, 8, true);
  }
  return kept;
}

describe("--symbols", () => {
  test("alone serves as the executable, too", async () => {
    const report = await readReport(DUMP, "--symbols", EXECUTABLE);
    expect(report).toEqual(await readReport(DUMP, "--exe", EXECUTABLE));
  });

  test("with --exe tells where the names are from, and what speaks for them", async () => {
    writeFileSync("copy", plain);
    const report = await readReport(DUMP, "--exe", EXECUTABLE, "--symbols", "copy");
    expect(report.executable!.name).toBe(EXECUTABLE);
    expect(report.executable!.names).toEqual({
      file: "copy",
      source: "debug information",
      explanation: expect.stringMatching(
        /^names from debug information of copy \(data 0, text 0, types 0; (\d+) of \1 functions on stacks agree\)$/,
      ),
    });
    const { output } = await gohd("info", DUMP, "--exe", EXECUTABLE, "--symbols", "copy");
    expect(output).toMatch(/\n {2}variables +names from debug information of copy /);
    expect(output).toMatch(/\n +[\d.]+ % of the pointers in globals are in a named variable\n/);
    expect(output).toMatch(/\n +[\d.]+ % of the live words of frames are a named variable's\n/);
  });

  test("alone has to have names, and to be the program", async () => {
    const { segments, image } = openExecutable(memorySource(plain));
    const parts = segments.map((segment) => ({
      ...segment,
      bytes: Uint8Array.from(image.bytes(segment.address, segment.fileSize)!),
    }));
    writeFileSync("stripped", writeElf({ pointerSize: 8, bigEndian: false, machine: 62, segments: parts }));
    writeFileSync("names", keepDebugInformation(plain));
    const nameless =
      /^gohd: symbol file: stripped has neither symbols nor debug information\n {2}--exe stripped takes types/;
    for (const [args, message] of [
      [["--symbols", "stripped"], nameless],
      [["--exe", "stripped", "--symbols", "stripped"], nameless],
      [["--exe", EXECUTABLE, "--symbols", "stripped"], /^gohd: symbol file: stripped has neither .*\n {2}build it/],
      [
        ["--symbols", "names"],
        /^gohd: symbol file: names holds debug information only, not the program\n {2}add --exe/,
      ],
      [["--symbols", executablePath("queue.1.22.amd64")], /^gohd: symbol file: .* did not write .*\n {2}add --exe/],
    ] as const) {
      const { code, output, errors } = await gohd("info", DUMP, ...args);
      expect(errors).toMatch(message);
      expect({ code, output }).toEqual({ code: 1, output: "" });
    }
    expect((await gohd("info", DUMP, "--exe", "stripped")).code).toBe(0);
    expect((await readReport(DUMP, "--exe", "stripped", "--symbols", "names")).executable!.names).toMatchObject({
      file: "names",
      source: "debug information",
    });
  });

  test("that is something else is told apart from the executable", async () => {
    writeFileSync("text", "package main\n");
    writeFileSync("dump", await unpack(DUMP));
    writeFileSync("cut", plain.subarray(0, 40));
    writeFileSync("empty", "");
    for (const [file, message] of [
      ["text", /: text is a text file, and has no names of a program\n {2}give a build .* not stripped/],
      ["dump", /: dump is a heap dump\n {2}give a build .* not stripped/],
      ["cut", /: cut is cut short.*\n {2}copy the file once more/],
      ["empty", /: empty is empty\n$/],
    ] as const) {
      for (const args of [
        ["--symbols", file],
        ["--exe", EXECUTABLE, "--symbols", file],
      ]) {
        const { code, errors } = await gohd("info", DUMP, ...args);
        expect(errors).toMatch(message);
        expect(errors).toMatch(/^gohd: symbol file: (byte 0x[\da-f]+ \(\d+\): )?/);
        expect(code).toBe(1);
      }
    }
  });

  test("of another program is refused, and a missing file named", async () => {
    const other = executablePath("queue.1.22.amd64");
    const result = await gohd("convert", DUMP, "--exe", EXECUTABLE, "--symbols", other, "-o", "a.heapsnapshot");
    expect(result).toMatchObject({ code: 1, errors: expect.stringContaining("is not of the program that wrote this") });
    expect(existsSync("a.heapsnapshot")).toBe(false);
    expect(await gohd("info", DUMP, "--exe", EXECUTABLE, "--symbols", "missing")).toMatchObject({
      code: 1,
      errors: "gohd: symbol file: cannot open missing: no such file or directory\n",
    });
    expect(await gohd("info", DUMP, "--exe", EXECUTABLE, "--symbols", "-")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("give --symbols the name of a file"),
    });
  });
});

describe("a file that is not the executable", () => {
  const elf = (machine: number): Uint8Array => {
    const bytes = Uint8Array.from(plain);
    bytes[18] = machine;
    return bytes;
  };
  const files: [what: string, make: () => Uint8Array | Promise<Uint8Array>, message: RegExp][] = [
    [
      "another program",
      () => unpack(executablePath("queue.1.22.amd64")),
      /x, an ELF executable \(Linux, the BSDs\), did not write this dump: the dump was written by go1\.19\.8, the file is of go1\.22\.12; the data segment is 0x[\da-f]+ bytes in the dump and 0x[\da-f]+ in the file; \d+ of \d+ functions.*\n {2}.*--force-exe/,
    ],
    ["another architecture", () => elf(183), /x is an ELF executable .* for arm64, the dump was written on amd64\n/],
    [
      "a program for macOS on another architecture",
      () =>
        writeMachO({
          cpuType: CPU_ARM64,
          segments: [{ name: "__TEXT", address: 0x1000, bytes: new Uint8Array(0x1000) }],
        }),
      /x is a Mach-O executable \(macOS\) for arm64, the dump was written on amd64\n/,
    ],
    ["a text file", () => Buffer.from("package main\n\nfunc main() {}\n"), /x is a text file, not an executable\n/],
    ["a script", () => Buffer.from("#!/bin/sh\nexec ./app\n"), /x is a script, not an executable\n/],
    ["a cut executable", () => plain.subarray(0, 500_000), /x is cut short: .*500000\n {2}copy the file/],
    ["an executable cut in its header", () => plain.subarray(0, 40), /x is cut short: its header/],
    [
      "a cut compressed executable",
      () => gzipSync(plain).subarray(0, 100_000),
      /the gzip data of x ends too early.*\n {2}get the file once more\n$/,
    ],
    [
      "an executable compressed by xz",
      () => Buffer.from("\xfd7zXZ\0\0\x04", "latin1"),
      /compressed by xz.*\n {2}unpack/,
    ],
    ["the dump", () => unpack(DUMP), /x is a heap dump\n/],
    ["a program for 32-bit macOS", () => Buffer.from("cefaedfe07000000", "hex"), /x is a 32-bit Mach-O file.*amd64/],
    ["a program for DOS", () => Buffer.from("MZ\x90\0\x03\0\0\0", "latin1"), /x is a program for DOS, or a Windows/],
    [
      "a fat file of others",
      () => writeFatMachO([otherSlice(7), otherSlice(18)]),
      /fat Mach-O file for 386, ppc, none/,
    ],
    [
      "a fat file without the dump's architecture",
      () => writeFatMachO([otherSlice(CPU_ARM64), otherSlice(CPU_ARM64)]),
      /x has no part for amd64, only for arm64, arm64\n/,
    ],
    ["nothing", () => new Uint8Array(0), /x is empty\n/],
  ];
  test.each(files)("%s is refused with exit code 1", async (_what, make, message) => {
    writeFileSync("x", await make());
    for (const args of [["info"], ["convert", "--to", "heapsnapshot"]]) {
      const { code, output, errors } = await gohd(...args, DUMP, "--exe", "x");
      expect(errors).toMatch(message);
      expect(errors).toMatch(/^gohd: executable: /);
      expect(errors).not.toContain("    at ");
      expect({ code, output }).toEqual({ code: 1, output: "" });
    }
    expect(readdirSync(folder)).toEqual(["x"]);
  });

  test("neither there, nor a file", async () => {
    mkdirSync("sub");
    expect(await gohd("info", DUMP, "--exe", "absent")).toMatchObject({
      code: 1,
      errors: "gohd: executable: cannot open absent: no such file or directory\n",
    });
    expect((await gohd("info", DUMP, "--exe", "sub")).errors).toBe(
      "gohd: executable: cannot open sub: it is a directory\n",
    );
    mkdirSync("app.dSYM");
    expect((await gohd("info", DUMP, "--exe", "app.dSYM")).errors).toBe(
      `gohd: executable: app.dSYM has no debug information in ${join("Contents", "Resources", "DWARF")}\n`,
    );
    expect(await gohd("info", DUMP, "--exe", "-")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("cannot come through standard input"),
    });
  });

  test.skipIf(!existsSync("/dev/zero"))("that never ends is not read on", async () => {
    expect(await gohd("info", DUMP, "--exe", "/dev/zero")).toMatchObject({
      code: 1,
      errors: expect.stringContaining("/dev/zero is nothing but zeros, not an executable"),
    });
  });

  test("is used when forced, with a warning; another architecture's never", async () => {
    const other = executablePath("queue.1.22.amd64");
    const { errors, code } = await gohd("convert", DUMP, "--exe", other, "--force-exe", "-o", "a.heapsnapshot");
    expect(errors).toMatch(
      /^gohd: warning: .* does not match this dump and was used all the same: .*; expect wrong types\n/,
    );
    expect(code).toBe(0);
    const report = await readReport(DUMP, "--exe", other, "--force-exe");
    expect(report.executable).toMatchObject({ verdict: "forced", goVersion: "go1.22.12" });
    expect(report.executable!.names.explanation).toMatch(
      /^names from symbols of .*, so debug information is left out$/,
    );
    expect(report.warnings).toEqual([
      { code: "forced-executable", count: 1, messages: [report.executable!.explanation] },
    ]);
    expect((await gohd("info", DUMP, "--exe", other, "--force-exe")).output).toMatch(/match +DOES NOT MATCH/);
    writeFileSync("x", elf(183));
    expect(await gohd("info", DUMP, "--exe", "x", "--force-exe")).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/is an ELF executable .* for arm64/),
    });
  });

  test("of a dump that was cut before its globals is used, and said to be unchecked; another is refused", async () => {
    const dump = await unpack(DUMP);
    writeFileSync("cut.dump", dump.subarray(0, dump.length / 3));
    const { executable, warnings } = await readReport("--salvage", "cut.dump", "--exe", EXECUTABLE);
    expect(executable!.verdict).toBe("unchecked");
    expect(executable!.explanation).toContain("could not be checked: the dump ends before its globals");
    expect(executable!.names.source).toBe("debug information");
    expect(warnings).toContainEqual({ code: "unchecked-executable", count: 1, messages: [executable!.explanation] });
    const { output } = await gohd("info", "--salvage", "cut.dump", "--exe", EXECUTABLE);
    expect(output).toMatch(/match +could not be checked: the dump ends before its globals; see the warnings/);
    expect(await gohd("info", "--salvage", "cut.dump", "--exe", executablePath("queue.1.22.amd64"))).toMatchObject({
      code: 1,
      errors: expect.stringMatching(
        /did not write this dump: the dump was written by go1\.19\.8, .* type records agree/,
      ),
    });
  });

  test("force does not make the right one a wrong one", async () => {
    expect((await readReport(DUMP, "--exe", EXECUTABLE, "--force-exe")).executable!.verdict).toBe("exact");
  });

  test("--force-exe alone is a slip", async () => {
    expect(await gohd("info", DUMP, "--force-exe")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("--force-exe needs --exe"),
    });
  });
});

test("the output never replaces the executable", async () => {
  writeFileSync("app", plain);
  expect(await gohd("convert", DUMP, "--exe", "app", "--to", "heapsnapshot", "-o", "app", "--force")).toMatchObject({
    code: 2,
    errors: expect.stringContaining("app is the executable itself"),
  });
  expect(Buffer.compare(readFileSync("app"), plain)).toBe(0);
  const onto = ["--to", "heapsnapshot", "-o", "app", "--force"];
  const names = await gohd("convert", DUMP, "--exe", EXECUTABLE, "--symbols", "app", ...onto);
  expect(names).toMatchObject({ code: 2, errors: expect.stringContaining("app is the symbol file itself") });
});
