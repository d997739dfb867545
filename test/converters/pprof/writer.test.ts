import { describe, expect, test } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import {
  type Heap,
  type MemStats,
  memorySource,
  NO_PROGRESS,
  type OptionValues,
  type Progress,
  readHeap,
  type Sink,
} from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { findHarm, HOSTILE_TEXT, hostileDump } from "../../support/hostile-dump.ts";
import { drawRandomly } from "../../support/random-heap.ts";
import { readProfile } from "../../support/readers/profile-reader.ts";

const OPTIONS = Object.fromEntries(
  Object.entries(pprof.options).map(([name, spec]) => [name, spec.default]),
) as OptionValues<typeof pprof.options>;

const heap = drawHeap((s) => drawRandomly(s, 5, 300));

function withLastCollection(nanos: number): Heap {
  return { ...heap, memStats: { LastGC: nanos } as MemStats };
}

describe("a written profile", () => {
  test("is the same every time, byte for byte", async () => {
    const [first, second] = [await convertToBytes(pprof, heap), await convertToBytes(pprof, heap)];
    expect(Buffer.from(first.bytes).equals(Buffer.from(second.bytes))).toBe(true);
  });

  test("has the time of the last garbage collection, if that makes sense", async () => {
    const timeOf = async (nanos: number): Promise<bigint> =>
      readProfile((await convertToBytes(pprof, withLastCollection(nanos))).bytes).time;
    expect(await timeOf(Number(1_763_640_043_969_024_768n))).toBe(1_763_640_043_969_024_768n);
    expect(await timeOf(0)).toBe(0n);
    expect(await timeOf(2 ** 64)).toBe(0n);
    expect(readProfile((await convertToBytes(pprof, withLastCollection(0))).bytes).comments.join()).toContain(
      "no time",
    );
  });

  test("has no text that does harm on a terminal", async () => {
    const bytes = hostileDump();
    const hostile = await readHeap(memorySource(bytes, `${HOSTILE_TEXT}.dump`));
    for (const profile of pprof.options.profile.values) {
      const { samples, comments } = readProfile((await convertToBytes(pprof, hostile, { profile })).bytes);
      const frames = samples.flatMap(({ stack }) => stack);
      const texts = [
        ...comments,
        ...frames.flatMap(({ name, file }) => [name, file]),
        ...samples.flatMap(({ labels }) => Object.entries(labels).flat().map(String)),
      ];
      expect(frames.length).toBeGreaterThan(0);
      expect(findHarm(texts.join(""))).toEqual([]);
      expect(texts.join("")).toContain("\\x1b]0;pwned\\a");
    }
  });

  test("that cannot be written fails with the sink's reason", async () => {
    const full = new Error("no space left");
    const sink: Sink = {
      open: () => Promise.resolve({ write: () => Promise.reject(full), close: () => Promise.resolve() }),
      path: () => Promise.reject(full),
      scratch: () => Promise.reject(full),
    };
    await expect(pprof.convert(heap, sink, OPTIONS, NO_PROGRESS)).rejects.toBe(full);
  });

  test("stops when told to", async () => {
    const stop = new AbortController();
    const reason = new Error("interrupted");
    const progress: Progress = {
      ...NO_PROGRESS,
      signal: stop.signal,
      phase: (name) => {
        if (name === "writing the profile") stop.abort(reason);
      },
    };
    await expect(convertWith(progress)).rejects.toBe(reason);
  });
});

function convertWith(progress: Progress): Promise<void> {
  const sink: Sink = {
    open: () => Promise.resolve({ write: () => Promise.resolve(), close: () => Promise.resolve() }),
    path: () => Promise.reject(new Error("no path")),
    scratch: () => Promise.reject(new Error("no path")),
  };
  return pprof.convert(heap, sink, OPTIONS, progress);
}
