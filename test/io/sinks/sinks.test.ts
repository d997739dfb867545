import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConverterError } from "../../../src/errors.ts";
import { createDirectorySink } from "../../../src/io/sinks/directory-sink.ts";
import { createFileSink, fileWriter } from "../../../src/io/sinks/file-sink.ts";
import { createMemorySink } from "../../../src/io/sinks/memory-sink.ts";
import { createPackedSink } from "../../../src/io/sinks/packed-sink.ts";
import { createStreamSink, ReaderGoneError } from "../../../src/io/sinks/stream-sink.ts";

let folder: string;
let target: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-sinks-"));
  target = join(folder, "out");
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("file sink", () => {
  test("the file has its name only after commit, and mode 0600", async () => {
    const sink = createFileSink(target);
    const writer = await sink.open();
    const chunk = bytes("hello ");
    await writer.write(chunk);
    chunk.fill(0);
    await writer.write(bytes("world"));
    await writer.close();
    expect(existsSync(target)).toBe(false);
    expect(await sink.commit()).toBe(11);
    expect(readFileSync(target, "utf8")).toBe("hello world");
    expect(statSync(target).mode & 0o777).toBe(0o600);
    await sink.discard();
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("discard leaves nothing, opened, closed or neither", async () => {
    await createFileSink(target).discard();
    const open = createFileSink(target);
    await (await open.open()).write(bytes("x"));
    await open.discard();
    const viaPath = createFileSink(target);
    writeFileSync(await viaPath.path(), "native");
    await viaPath.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a native writer gets a path that is not the final one", async () => {
    const sink = createFileSink(target);
    const path = await sink.path();
    expect(path).not.toBe(target);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, "native");
    expect(await sink.commit()).toBe(6);
    expect(readFileSync(target, "utf8")).toBe("native");
  });

  test("a scratch folder goes, whether the output stays or not", async () => {
    const kept = createFileSink(target);
    const scratch = await kept.scratch();
    expect(statSync(scratch).mode & 0o777).toBe(0o700);
    writeFileSync(join(scratch, "spilled"), "much");
    writeFileSync(await kept.path(), "native");
    expect(await kept.commit()).toBe(6);
    expect(readdirSync(folder)).toEqual(["out"]);
    const dropped = createFileSink(join(folder, "other"));
    writeFileSync(join(await dropped.scratch(), "spilled"), "much");
    await dropped.discard();
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("refuses what exists, at once and at commit, and names --force", async () => {
    const early = createFileSink(target, { option: "--out" });
    await (await early.open()).write(bytes("late"));
    writeFileSync(target, "came first");
    const error = await early.commit().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConverterError);
    expect((error as ConverterError).hint).toBe("use --force to replace it, or --out to choose another name");
    await early.discard();
    expect(() => createFileSink(target)).toThrow(`${target} exists already`);
    expect(readFileSync(target, "utf8")).toBe("came first");
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("force replaces a regular file", async () => {
    writeFileSync(target, "old");
    const sink = createFileSink(target, { force: true });
    await (await sink.open()).write(bytes("new"));
    await sink.commit();
    expect(readFileSync(target, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("a directory that is not there", async () => {
    const sink = createFileSink(join(folder, "absent", "out"));
    await expect(sink.open()).rejects.toThrow(/cannot write .*out: no such file or directory/);
  });

  test("a full device", { skip: !existsSync("/dev/full") }, async () => {
    const writer = fileWriter(await open("/dev/full", "w"), "/dev/full");
    await expect(writer.write(bytes("x"))).rejects.toThrow("cannot write /dev/full: no space left on the device");
    await writer.close();
  });
});

describe("directory sink", () => {
  test("the directory has its name only after commit", async () => {
    const sink = createDirectorySink(target);
    const a = await sink.open("a.txt");
    const b = await sink.open("b.txt");
    await b.write(bytes("bb"));
    await a.write(bytes("a"));
    await a.close();
    await b.close();
    writeFileSync(await sink.path("c.txt"), "ccc");
    expect(existsSync(target)).toBe(false);
    expect(await sink.commit()).toBe(6);
    expect(readdirSync(target).sort()).toEqual(["_gohd.json", "a.txt", "b.txt", "c.txt"]);
    expect(statSync(join(target, "a.txt")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("takes an empty directory, refuses a full one, replaces it by force", async () => {
    mkdirSync(target);
    const first = createDirectorySink(target);
    await (await first.open("a")).close();
    await first.commit();
    expect(() => createDirectorySink(target)).toThrow("exists already");
    const second = createDirectorySink(target, { force: true });
    await (await second.open("b")).close();
    await second.commit();
    expect(readdirSync(target).sort()).toEqual(["_gohd.json", "b"]);
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("discard leaves nothing; names cannot leave the directory", async () => {
    const sink = createDirectorySink(target);
    await (await sink.open("a")).write(bytes("x"));
    await expect(sink.open("../b")).rejects.toThrow("is no file name");
    await expect(sink.open()).rejects.toThrow("is no file name");
    for (const name of ["a/../../b", "/a", "a//b", "a/", ".", "a\\b", ".scratch", "a/.scratch/b", "_gohd.json"]) {
      await expect(sink.open(name), name).rejects.toThrow("is no file name");
    }
    await sink.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("names may have folders", async () => {
    const sink = createDirectorySink(target);
    await (await sink.open("a/b/c")).write(bytes("abc"));
    writeFileSync(await sink.path("a/d"), "d");
    expect(await sink.commit()).toBe(4);
    expect(readFileSync(join(target, "a/b/c"), "utf8")).toBe("abc");
    expect(statSync(join(target, "a/b")).mode & 0o777).toBe(0o700);
    expect(statSync(join(target, "a/d")).mode & 0o777).toBe(0o600);
  });

  test("a scratch folder goes, whether the output stays or not", async () => {
    const kept = createDirectorySink(target);
    writeFileSync(join(await kept.scratch(), "spilled"), "much");
    expect(statSync(await kept.scratch()).mode & 0o777).toBe(0o700);
    await (await kept.open("a")).write(bytes("x"));
    expect(await kept.commit()).toBe(1);
    expect(readdirSync(target).sort()).toEqual(["_gohd.json", "a"]);
    const dropped = createDirectorySink(join(folder, "other"));
    writeFileSync(join(await dropped.scratch(), "spilled"), "much");
    await dropped.discard();
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("adds to a directory, the first opened first; what is there is refused before anything is moved", async () => {
    const add = async (names: readonly string[], force = false): Promise<void> => {
      const sink = createDirectorySink(target, { add: true, force });
      try {
        for (const name of names) await (await sink.open(name)).write(bytes(`${names}`));
        await sink.commit();
      } finally {
        await sink.discard();
      }
    };
    await add(["t/k=1/f", "u/k=1/f"]);
    await add(["t/k=2/f", "u/k=2/f"]);
    expect(readdirSync(join(target, "t")).sort()).toEqual(["k=1", "k=2"]);
    await expect(add(["t/k=3/f", "u/k=2/f"])).rejects.toThrow(`${join(target, "u/k=2/f")} exists already`);
    expect(existsSync(join(target, "t/k=3"))).toBe(false);
    await add(["t/k=3/f", "u/k=2/f"], true);
    expect(readFileSync(join(target, "u/k=2/f"), "utf8")).toBe("t/k=3/f,u/k=2/f");
    expect(readFileSync(join(target, "t/k=2/f"), "utf8")).toBe("t/k=2/f,u/k=2/f");
    expect(readdirSync(folder)).toEqual(["out"]);
    writeFileSync(join(folder, "file"), "");
    expect(() => createDirectorySink(join(folder, "file"), { add: true })).toThrow(
      "is a file, which a directory never replaces",
    );
  });

  test("refuses what will be there already at once, if it is told the names", async () => {
    mkdirSync(join(target, "u/k=2"), { recursive: true });
    writeFileSync(join(target, "u/k=2/f"), "old");
    const files = ["t/k=2/f", "u/k=2/f"];
    expect(() => createDirectorySink(target, { add: true, files })).toThrow(
      `${join(target, "u/k=2/f")} exists already`,
    );
    expect(() => createDirectorySink(target, { add: true, files: ["u/k=2/f/x"] })).toThrow(
      `${join(target, "u/k=2/f")} is a file, where a directory is needed`,
    );
    await createDirectorySink(target, { add: true, files: ["t/k=2/f"] }).discard();
    expect(readFileSync(join(target, "u/k=2/f"), "utf8")).toBe("old");
  });

  test("what could not all be added is taken back", async () => {
    const sink = createDirectorySink(target, { add: true });
    for (const name of ["a/f", "b/f"]) await (await sink.open(name)).write(bytes(name));
    mkdirSync(target);
    writeFileSync(join(target, "b"), "no folder");
    await expect(sink.commit()).rejects.toThrow(`${join(target, "b")} is a file, where a directory is needed`);
    await sink.discard();
    expect(existsSync(join(target, "a/f"))).toBe(false);
    expect(readFileSync(join(target, "b"), "utf8")).toBe("no folder");
    expect(readdirSync(folder)).toEqual(["out"]);
  });
});

describe("stream sink", () => {
  test("passes bytes on, with back-pressure", async () => {
    const stream = new PassThrough();
    const sink = createStreamSink(stream);
    const writer = await sink.open();
    const writing = writer.write(new Uint8Array(1 << 20).fill(7));
    expect((stream.read() as Uint8Array).length).toBe(1 << 20);
    await writing;
    await writer.close();
    expect(await sink.commit()).toBe(1 << 20);
    await expect(sink.path()).rejects.toThrow("cannot be written to <stdout>");
    await expect(sink.scratch()).rejects.toThrow("cannot be written to <stdout>");
  });

  test("a reader that goes away is told apart from other faults", async () => {
    const fail = (code: string) =>
      new Writable({
        write: (_chunk, _encoding, callback) => callback(Object.assign(new Error(code), { code, syscall: "write" })),
      });
    const gone = await createStreamSink(fail("EPIPE")).open();
    await expect(gone.write(bytes("x"))).rejects.toBeInstanceOf(ReaderGoneError);
    await expect(gone.write(bytes("x"))).rejects.toBeInstanceOf(ReaderGoneError);
    const full = await createStreamSink(fail("ENOSPC")).open();
    await expect(full.write(bytes("x"))).rejects.toThrow("cannot write <stdout>: no space left on the device");
  });
});

test("memory sink", async () => {
  const sink = createMemorySink();
  const writer = await sink.open("x");
  const chunk = bytes("ab");
  await writer.write(chunk);
  chunk.fill(0);
  await writer.write(bytes("c"));
  expect(sink.files.size).toBe(0);
  expect(await sink.commit()).toBe(3);
  expect(Buffer.from(sink.files.get("x")!).toString()).toBe("abc");
});

describe("packed sink", () => {
  test("the file is what was written, packed", async () => {
    const sink = createPackedSink(createFileSink(target));
    const writer = await sink.open();
    const chunk = new Uint8Array(1 << 17);
    for (let round = 0; round < 10; round++) {
      await writer.write(chunk.fill(round));
    }
    await writer.close();
    const size = await sink.commit();
    expect(statSync(target)).toMatchObject({ size });
    const unpacked = gunzipSync(readFileSync(target));
    expect(unpacked.length).toBe(10 << 17);
    expect(unpacked.every((byte, at) => byte === at >>> 17)).toBe(true);
  });

  test("discard leaves nothing, opened or not", async () => {
    await createPackedSink(createFileSink(target)).discard();
    const sink = createPackedSink(createFileSink(target));
    await (await sink.open()).write(bytes("x"));
    await sink.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("what fails behind it is told by the write, or by the end at the latest", async () => {
    const full = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("no space left"), { code: "ENOSPC" })),
    });
    const sink = createPackedSink(createStreamSink(full, "full"));
    const writer = await sink.open();
    const noise = Uint8Array.from({ length: 1 << 16 }, (_, at) => (at * at * 2654435761) >>> 24);
    await expect(
      (async () => {
        for (let round = 0; round < 100; round++) await writer.write(noise);
        await writer.close();
      })(),
    ).rejects.toThrow(/full.*no space left/s);
    await sink.discard();
  });

  test("a format that wants a real path cannot be packed", async () => {
    const sink = createPackedSink(createFileSink(target));
    await expect(sink.path()).rejects.toThrow(ConverterError);
    await expect(sink.scratch()).rejects.toThrow("cannot be packed");
  });
});
