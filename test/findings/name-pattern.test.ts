import { expect, it } from "vitest";
import { readNamePattern } from "../../src/findings/name-pattern.ts";

it("matches names as they are, and as sentences write them", () => {
  const name = "*github.com/dgraph-io/ristretto/v2.Cache[string,[]uint8]";
  for (const text of ["/dgraph-io/", "/ristretto\\/v2\\.Cache/", "/ristretto\\.Cache/", "/^\\*ristretto\\.Cache\\[/"])
    expect(readNamePattern(text)!(name), text).toBe(true);
  for (const text of ["/^ristretto/", "/v2\\.Store/"]) expect(readNamePattern(text)!(name), text).toBe(false);
});

it("is none without slashes, and tells what is wrong with an expression", () => {
  expect(readNamePattern("ristretto.Cache")).toBeUndefined();
  expect(() => readNamePattern("/(/")).toThrow("/(/ is not a pattern");
});
