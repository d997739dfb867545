import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonWriter, putUint, type Section, writeSection } from "../../../converters/heapsnapshot/json-writer.ts";
import { type ByteWriter, NO_PROGRESS } from "../../../src/index.ts";

function digits(value: number): string {
  const buffer = new Uint8Array(32);
  return Buffer.from(buffer.subarray(0, putUint(buffer, 0, value))).toString("latin1");
}

describe("putUint", () => {
  test("writes the digits of numbers around every power of ten and two", () => {
    for (let power = 1; power < 2 ** 53; power *= 10) {
      for (const value of [power - 1, power, power + 1]) expect(digits(value)).toBe(String(value));
    }
    for (let power = 1; power < 2 ** 53; power *= 2) {
      for (const value of [power - 1, power]) expect(digits(value)).toBe(String(value));
    }
  });

  test("writes the digits of any safe integer", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), (value) => digits(value) === String(value)),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => digits(value) === String(value)),
      { numRuns: 2000 },
    );
  });
});

describe("JsonWriter", () => {
  /** Keeps what it gets only after a while, to notice a buffer that is overwritten too early. */
  function slowWriter() {
    const chunks: Buffer[] = [];
    const writer: ByteWriter = {
      async write(chunk) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        chunks.push(Buffer.from(chunk));
      },
      async close() {},
    };
    return { writer, text: () => Buffer.concat(chunks).toString("latin1") };
  }

  test("writes text that is longer than its buffers", async () => {
    const { writer, text } = slowWriter();
    const out = new JsonWriter(writer);
    const long = "0123456789abc".repeat(300_000);
    await out.text("[");
    await out.text(long);
    await out.text("]");
    expect(out.size).toBe(long.length + 2);
    await out.close();
    expect(text() === `[${long}]`).toBe(true);
  });

  test("fills sections over many buffers and reports progress", async () => {
    const { writer, text } = slowWriter();
    const out = new JsonWriter(writer);
    const count = 500_000;
    const section: Section & { done: number } = {
      done: 0,
      fill(o) {
        while (this.done < count && o.at <= o.limit) {
          o.at = putUint(o.buffer, o.at, this.done++);
          o.buffer[o.at++] = 10;
        }
        return this.done === count;
      },
    };
    const updates: number[] = [];
    await writeSection(out, section, { ...NO_PROGRESS, update: (done) => updates.push(done) }, 1000);
    await out.close();
    expect(text() === Array.from({ length: count }, (_, i) => `${i}\n`).join("")).toBe(true);
    expect(updates.at(-1)).toBe(count + 1000);
    expect(updates.length).toBeGreaterThan(3);
  });

  test("rejects with the sink's error, without an unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      const out = new JsonWriter({ write: () => Promise.reject(new Error("disk full")), async close() {} });
      await out.text("x");
      await out.flush();
      await new Promise((resolve) => setTimeout(resolve, 10));
      await out.text("y");
      await expect(out.flush()).rejects.toThrow("disk full");
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", note);
    }
  });
});
