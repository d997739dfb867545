import { expect, test } from "vitest";
import { fingerprint } from "../../src/findings/fingerprint.ts";

test("fingerprints are FNV-1a's upper bits, and tell texts from their parts", () => {
  // The published vectors of 64 bits: af63dc4c8601ec8c for "a", 85944171f73967e8 for "foobar".
  expect(fingerprint("a")).toBe("af63dc4c8601");
  expect(fingerprint("foobar")).toBe("85944171f739");
  expect(fingerprint("foo", "bar")).not.toBe(fingerprint("foobar"));
  expect(fingerprint("", "a")).toMatch(/^[0-9a-f]{12}$/);
});
