/** Remembered strings are those that decoding gives, whatever was remembered before. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeGoString, encodeGoString } from "../../../src/format/records/go-string.ts";
import { RecentStrings } from "../../../src/format/records/recent-strings.ts";

test("any bytes, again and again", () => {
  const strings = new RecentStrings();
  const text = fc.oneof(
    fc.string({ maxLength: 300 }).map(encodeGoString),
    fc.string({ unit: "binary", maxLength: 40 }).map(encodeGoString),
    fc.uint8Array({ maxLength: 12 }),
    fc.uint8Array({ maxLength: 3, max: 3 }),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), fc.nat(5), (texts, before) => {
      for (const part of [...texts, ...texts]) {
        const bytes = new Uint8Array(before + part.length + 1);
        bytes.set(part, before);
        expect(strings.decode(bytes, before, before + part.length)).toBe(decodeGoString(part, 0, part.length));
      }
    }),
    { numRuns: 300 },
  );
});

test("more strings than are remembered", () => {
  const strings = new RecentStrings();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) {
      const name = `main.function${i}`;
      const bytes = Buffer.from(name);
      if (strings.decode(bytes, 0, bytes.length) !== name) throw new Error(`${name} is another one`);
    }
  }
});

test("of the same length and ending, and what differs in one bit", () => {
  const strings = new RecentStrings();
  for (const bytes of [[0x61], [0xe1], [0x61], [0, 0], [0], [0, 0]].map((each) => Uint8Array.from(each))) {
    expect(strings.decode(bytes, 0, bytes.length)).toBe(decodeGoString(bytes, 0, bytes.length));
  }
});
