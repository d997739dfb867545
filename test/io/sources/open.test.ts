import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HeapDumpError } from "../../../src/errors.ts";
import { type OpenOptions, openSource } from "../../../src/io/sources/open.ts";
import type { ByteSource } from "../../../src/io/sources/source.ts";
import { NO_PROGRESS, type Progress } from "../../../src/progress.ts";
import { concat, gzip, sampleBytes, zstdFrame, zstdSkippableFrame } from "../packing/compressed.ts";

const dump = concat(Buffer.from("go1.7 heap dump\n"), sampleBytes(1_300_000));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-open-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(bytes: Uint8Array, name = "input"): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function readAll(source: ByteSource): Uint8Array {
  const bytes = new Uint8Array(source.size);
  expect(source.read(bytes, 0, source.size, 0)).toBe(source.size);
  return bytes;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function recordingProgress(): Progress & { readonly warnings: string[]; readonly phases: unknown[][]; done: number } {
  const record = {
    ...NO_PROGRESS,
    warnings: [] as string[],
    phases: [] as unknown[][],
    done: 0,
    phase: (...phase: unknown[]) => void record.phases.push(phase),
    update(done: number) {
      record.done = done;
    },
    warn: (code: string) => void record.warnings.push(code),
  };
  return record;
}

async function failure(promise: Promise<unknown>): Promise<HeapDumpError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(HeapDumpError);
  return error as HeapDumpError;
}

describe("what is recognised", () => {
  const inputs: Record<string, Uint8Array> = {
    plain: dump,
    gzip: gzip(dump),
    "gzip of two members": concat(gzip(dump.subarray(0, 700_000)), gzip(dump.subarray(700_000))),
    "gzip with padding": concat(gzip(dump), new Uint8Array(1000)),
    zstd: zstdFrame(dump),
    "zstd of two frames": concat(zstdFrame(dump.subarray(0, 5)), zstdFrame(dump.subarray(5))),
    "zstd with skippable frames": concat(zstdSkippableFrame(9), zstdFrame(dump), zstdSkippableFrame(0)),
    "zstd with a skippable frame longer than a chunk": concat(zstdSkippableFrame(600_000), zstdFrame(dump)),
  };
  const places: Record<string, Partial<OpenOptions>> = {
    "in memory": {},
    "in a temporary file": { memoryLimit: 100_000 },
  };
  for (const [what, bytes] of Object.entries(inputs)) {
    for (const [where, options] of Object.entries(places)) {
      test(`${what}, ${where}, from a file whose name says nothing`, async () => {
        const source = await openSource(file(bytes), { ...options, directory: folder });
        expect(same(readAll(source), dump)).toBe(true);
        const part = new Uint8Array(300);
        expect(source.read(part, 100, 150, 1_048_500)).toBe(150);
        expect(same(part.subarray(100, 250), dump.subarray(1_048_500, 1_048_650))).toBe(true);
        expect(source.read(part, 0, 100, source.size - 10)).toBe(10);
        expect(source.read(part, 0, 100, source.size + 10)).toBe(0);
        source.close();
        expect(readdirSync(folder)).toEqual(["input"]);
      });
      test(`${what}, ${where}, through a pipe in chunks of 1013 bytes`, async () => {
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += 1013) chunks.push(bytes.subarray(at, at + 1013));
        const notAFile = openSync("/dev/null", "r");
        const standardInput = { fd: notAFile, stream: () => Readable.from(chunks) };
        const source = await openSource("-", { ...options, directory: folder, standardInput });
        expect(source.name).toBe("<stdin>");
        expect(same(readAll(source), dump)).toBe(true);
        source.close();
        closeSync(notAFile);
      });
    }
  }

  test("zstd cut anywhere into two chunks", async () => {
    const bytes = concat(
      zstdSkippableFrame(3),
      zstdFrame(dump.subarray(0, 40), { runLength: 50 }),
      zstdFrame(dump, {}),
    );
    const expected = concat(dump.subarray(0, 40), new Uint8Array(50).fill(0x47), dump);
    const notAFile = openSync("/dev/null", "r");
    for (let cut = 0; cut < 90; cut++) {
      const stream = () => Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)].filter((c) => c.length > 0));
      const source = await openSource("-", { standardInput: { fd: notAFile, stream } });
      expect(same(readAll(source), expected), `cut at ${cut}`).toBe(true);
    }
    closeSync(notAFile);
  });

  test("what was packed tells by what, and nothing else does", async () => {
    const path = join(folder, "packed");
    for (const [bytes, packing] of [
      [gzip(sampleBytes(100)), "gzip"],
      [zstdFrame(sampleBytes(100)), "zstd"],
      [sampleBytes(100), undefined],
    ] as const) {
      writeFileSync(path, bytes);
      const source = await openSource(path);
      expect(source.packing).toBe(packing);
      source.close();
    }
  });

  test("an empty file is an empty source: the reader says what is wrong with it", async () => {
    expect((await openSource(file(new Uint8Array(0)))).size).toBe(0);
  });

  test("a plain file on standard input is read in place", async () => {
    const fd = openSync(file(dump), "r");
    const stream = (): never => {
      throw new Error("not needed");
    };
    const source = await openSource("-", { standardInput: { fd, stream } });
    expect(same(readAll(source), dump)).toBe(true);
    source.close();
    closeSync(fd);
  });

  test.runIf(process.platform !== "win32")("a named pipe, also one whose writer comes later", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const opening = openSource(path);
    const writer = spawn("sh", ["-c", `sleep 0.1; cat '${file(gzip(dump))}' > '${path}'`]);
    expect(same(readAll(await opening), dump)).toBe(true);
    writer.kill();
  });
});

describe("what goes wrong", () => {
  const cut: Record<string, Uint8Array> = { gzip: gzip(dump), zstd: zstdFrame(dump) };
  for (const [compression, bytes] of Object.entries(cut)) {
    test(`${compression} cut short: an error, or with salvage a warning and what there is`, async () => {
      const path = file(bytes.subarray(0, 500_000));
      const error = await failure(openSource(path));
      expect(error.code).toBe("truncated");
      expect(error.message).toContain("ends too early, after 500000 compressed bytes");
      expect(error.position).toBeGreaterThan(300_000);
      expect(error.hint).toContain("--salvage");

      const progress = recordingProgress();
      const source = await openSource(path, { salvage: true, progress });
      expect(source.size).toBe(error.position);
      expect(same(readAll(source), dump.subarray(0, source.size))).toBe(true);
      expect(progress.warnings).toEqual([`${compression}-truncated`]);
      expect((await failure(openSource(file(bytes.subarray(0, 18))))).hint).toBe("get the file once more");
    });
  }

  test("gzip cut at any place of its end", async () => {
    const bytes = gzip(dump.subarray(0, 100));
    for (let length = 6; length < bytes.length; length++) {
      expect((await failure(openSource(file(bytes.subarray(0, length))))).code).toBe("truncated");
    }
  });

  test("zstd cut at any place", async () => {
    const bytes = concat(zstdFrame(dump.subarray(0, 20)), zstdFrame(dump.subarray(0, 20)));
    for (let length = 6; length < bytes.length; length++) {
      if (length === bytes.length / 2) continue;
      expect((await failure(openSource(file(bytes.subarray(0, length))))).code, `${length}`).toBe("truncated");
    }
  });

  test("gzip damaged in the middle", async () => {
    const bytes = gzip(dump);
    bytes.fill(0xff, 600_000, 600_100);
    const error = await failure(openSource(file(bytes)));
    expect(error.code).toBe("read-failed");
    expect(error.message).toMatch(/the gzip data of .*input is damaged near its byte \d+/);
    const progress = recordingProgress();
    const source = await openSource(file(bytes), { salvage: true, progress });
    expect(same(readAll(source).subarray(0, 500_000), dump.subarray(0, 500_000))).toBe(true);
    expect(progress.warnings).toEqual(["gzip-damaged"]);
  });

  test("zstd followed by something else, and zstd with a reserved block type", async () => {
    const error = await failure(openSource(file(concat(zstdFrame(dump), Buffer.from("rubbish")))));
    expect(error.message).toContain("the zstd data");
    expect(error.message).toContain("is damaged");
    const bytes = zstdFrame(dump.subarray(0, 50));
    bytes[6] = bytes[6]! | 6;
    expect((await failure(openSource(file(bytes)))).message).toContain("is damaged");
  });

  test("compressed by something gohd does not unpack", async () => {
    const error = await failure(openSource(file(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4))));
    expect(error.message).toContain("compressed by xz");
    expect(error.hint).toContain("xz -dc");
  });

  test("no such file, a directory", async () => {
    expect((await failure(openSource(join(folder, "absent")))).message).toContain("no such file or directory");
    expect((await failure(openSource(folder))).message).toContain("it is a directory");
  });

  test("nowhere to put the unpacked bytes", async () => {
    const options = { memoryLimit: 1000, directory: join(folder, "absent") };
    await expect(openSource(file(gzip(dump)), options)).rejects.toThrow(/cannot keep the unpacked dump in .*absent/);
    await expect(openSource(file(zstdFrame(dump)), options)).rejects.toThrow(/cannot keep the unpacked dump in/);
  });

  test("an abort ends the unpacking with the signal's reason and leaves nothing behind", async () => {
    const controller = new AbortController();
    const progress = { ...NO_PROGRESS, signal: controller.signal, update: () => controller.abort(new Error("enough")) };
    const spool = join(folder, "spool");
    mkdirSync(spool);
    const options = { progress, memoryLimit: 1000, directory: spool };
    await expect(openSource(file(gzip(dump)), options)).rejects.toThrow("enough");
    expect(readdirSync(spool)).toEqual([]);

    const endless = new Readable({ read: () => {} });
    endless.push(gzip(dump).subarray(0, 1000));
    const standardInput = { fd: openSync("/dev/null", "r"), stream: () => endless };
    const again = new AbortController();
    const opening = openSource("-", { progress: { ...NO_PROGRESS, signal: again.signal }, standardInput });
    setTimeout(() => again.abort(new Error("stop waiting")), 20);
    await expect(opening).rejects.toThrow("stop waiting");
  });
});

test("an endless stream of something else is not read to its end", async () => {
  const notAFile = openSync("/dev/null", "r");
  const open = async (first: Uint8Array, endless = new Readable({ read: () => void endless.push(first) })) => {
    const opening = openSource("-", {
      beginnings: ["MZ", "go1."],
      standardInput: { fd: notAFile, stream: () => endless },
    });
    await opening.catch(() => {});
    expect(endless.destroyed).toBe(true);
    return opening;
  };
  expect((await open(Buffer.from("y\n"))).size).toBeGreaterThan(0);
  expect((await open(gzip(Buffer.alloc(100_000, "y\n")))).size).toBeGreaterThan(0);
  await expect(open(Buffer.from("BZh91AY&SY"))).rejects.toThrow("compressed by bzip2");
  closeSync(notAFile);
});

test("a stream that nobody would take is not read on once it would go to a file", async () => {
  const notAFile = openSync("/dev/null", "r");
  for (const chunk of [Buffer.alloc(300, "x"), gzip(Buffer.alloc(100_000, "x"))]) {
    const endless = new Readable({ read: () => void endless.push(chunk) });
    const asked: number[] = [];
    const source = await openSource("-", {
      memoryLimit: 1000,
      directory: folder,
      standardInput: { fd: notAFile, stream: () => endless },
      mayGoOn: ({ size, ...soFar }) => {
        asked.push(size);
        const last = new Uint8Array(1);
        return size > 0 && (soFar.read(last, 0, 1, size - 1) !== 1 || last[0] !== 0x78);
      },
    });
    expect([source.size, source.hasMore, endless.destroyed]).toEqual([asked[0], true, true]);
    expect(asked).toHaveLength(1);
    expect(readdirSync("/proc/self/fd").some((fd) => fdTarget(fd).startsWith(folder))).toBe(false);
    source.close();
  }
  // One that may go on is asked about once.
  let questions = 0;
  const stream = () => Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(300)));
  const source = await openSource("-", {
    memoryLimit: 1000,
    directory: folder,
    standardInput: { fd: notAFile, stream },
    mayGoOn: () => ++questions > 0,
  });
  expect([source.size, source.hasMore, questions]).toEqual([6000, undefined, 1]);
  source.close();
  closeSync(notAFile);
});

test("what begins as it ought to, in whatever pieces, is read to its end", async () => {
  const notAFile = openSync("/dev/null", "r");
  for (const text of ["go1.", "go1.7 heap dump", "MZ", "M", ""]) {
    const stream = () => Readable.from([...text].map((letter) => Buffer.from(letter)));
    const source = await openSource("-", { beginnings: ["MZ", "go1."], standardInput: { fd: notAFile, stream } });
    expect(source.size).toBe(text.length);
    source.close();
  }
  closeSync(notAFile);
});

test("unpacking tells how far it is, in compressed bytes", async () => {
  const bytes = gzip(dump);
  const progress = recordingProgress();
  await openSource(file(bytes), { progress });
  expect(progress.phases).toEqual([["unpacking", bytes.length, "bytes"]]);
  expect(progress.done).toBe(bytes.length);
});

test.runIf(existsSync("/proc/self/fd"))("the temporary file has no name while it is used, and mode 0600", async () => {
  const source = await openSource(file(gzip(dump)), { memoryLimit: 1000, directory: folder });
  expect(readdirSync(folder)).toEqual(["input"]);
  const open = readdirSync("/proc/self/fd").filter((fd) => fdTarget(fd).startsWith(folder));
  expect(open.map((fd) => fdTarget(fd).replace(/.* /, ""))).toEqual(["(deleted)"]);
  expect(statSync(`/proc/self/fd/${open[0]}`).mode & 0o777).toBe(0o600);
  source.close();
});

/** What a descriptor of this process is open on. */
function fdTarget(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "";
  }
}
