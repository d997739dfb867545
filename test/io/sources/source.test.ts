import { randomBytes } from "node:crypto";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputChangedError } from "../../../src/errors.ts";
import { openFile } from "../../../src/io/sources/file-source.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import type { ByteSource } from "../../../src/io/sources/source.ts";
import { withUnchanged } from "../../../src/io/sources/unchanged.ts";
import { NO_PROGRESS, type Progress } from "../../../src/progress.ts";

let folder: string;
let path: string;
let source: ByteSource;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-source-"));
  path = join(folder, "input");
  writeFileSync(path, "0123456789");
  source = openFile(path);
});
afterEach(() => {
  source.close();
  rmSync(folder, { recursive: true });
});

describe("a file that changes while it is read", () => {
  test("a read beyond what is left throws; one beyond what was there does not", () => {
    const bytes = new Uint8Array(20);
    expect(source.read(bytes, 0, 20, 5)).toBe(5);
    expect(source.read(bytes, 0, 20, 15)).toBe(0);
    truncateSync(path, 6);
    expect(source.read(bytes, 0, 3, 3)).toBe(3);
    const read = () => source.read(bytes, 0, 4, 3);
    expect(read).toThrow(InputChangedError);
    expect(read).toThrow(`${path} changed while it was read: it had 10 bytes, and has 6`);
  });

  test("what is added is not read", () => {
    appendFileSync(path, "abc");
    expect(source.size).toBe(10);
    expect(source.read(new Uint8Array(20), 0, 20, 5)).toBe(5);
  });

  test.each([
    ["longer", () => appendFileSync(path, "a"), "it had 10 bytes, and has 11", true],
    ["shorter", () => truncateSync(path, 9), "it had 10 bytes, and has 9", false],
    ["written", () => utimesSync(path, 1, 1), "something wrote into its 10 bytes", false],
  ])("%s: told when the work is done", async (_change, change, message, grew) => {
    const warnings: string[] = [];
    const progress: Progress = { ...NO_PROGRESS, warn: (code) => warnings.push(code) };
    const work = async () => "done";
    expect(await withUnchanged(source, { progress }, work)).toBe("done");
    change();
    await expect(withUnchanged(source, { progress }, work)).rejects.toThrow(message);
    const salvaging = withUnchanged(source, { salvage: true, progress }, work);
    if (grew) expect(await salvaging).toBe("done");
    else await expect(salvaging).rejects.toThrow(InputChangedError);
    expect(warnings).toEqual(grew ? ["input-grew"] : []);
  });

  test("a compressed one is checked when it is unpacked", async () => {
    const packed = join(folder, "input.gz");
    // Several chunks, because noise cannot be packed.
    writeFileSync(packed, gzipSync(randomBytes(1 << 20)));
    let updates = 0;
    const touching: Progress = {
      ...NO_PROGRESS,
      update: () => {
        if (++updates === 2) appendFileSync(packed, "x");
      },
    };
    await expect(openSource(packed, { progress: touching })).rejects.toThrow(`${packed} changed while it was read`);
    expect(updates).toBeGreaterThan(1);
  });
});

test("a change explains what else goes wrong, but not that the user wanted an end", async () => {
  const controller = new AbortController();
  const progress = { ...NO_PROGRESS, signal: controller.signal };
  const fail = async () => {
    throw new Error("nonsense");
  };
  await expect(withUnchanged(source, { progress }, fail)).rejects.toThrow("nonsense");
  appendFileSync(path, "x");
  await expect(withUnchanged(source, { progress }, fail)).rejects.toThrow(InputChangedError);
  controller.abort(new Error("stop"));
  await expect(withUnchanged(source, { progress }, fail)).rejects.toThrow("stop");
});

test("memory does not change", async () => {
  expect(await withUnchanged(memorySource(new Uint8Array(1)), {}, async () => 1)).toBe(1);
});
