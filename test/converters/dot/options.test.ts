/** What the options' texts mean, and what is said about those that mean nothing. */
import { describe, expect, test } from "vitest";
import { findFocus } from "../../../converters/dot/focus.ts";
import { parseMinimum } from "../../../converters/dot/options.ts";
import { NO_OBJECT, UsageError } from "../../../src/index.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

describe("--min-retained", () => {
  test.each([
    ["auto", 5],
    ["0", 0],
    ["4096", 4096],
    ["4096B", 4096],
    ["2k", 2048],
    ["1.5MiB", 1.5 * 2 ** 20],
    ["2 GB", 2 ** 31],
    ["1T", 2 ** 40],
    ["10%", 100],
    [".5 %", 5],
    ["100%", 1000],
  ])("%s", (text, bytes) => {
    expect(parseMinimum(text, 1000, 0.005)).toBe(bytes);
  });

  test.each(["", "many", "-1", "5x", "101%", "1e9", "5%%", "%"])("refuses %j", (text) => {
    expect(() => parseMinimum(text, 1000, 0.005)).toThrow(UsageError);
  });
});

describe("--focus", () => {
  const heap = drawHeap((s) => {
    for (const type of [
      "main.Session",
      "main.SessionStore",
      "[]*main.Session",
      "main.User",
      "http.session",
      "a",
      "b",
    ]) {
      s.object({ type });
    }
  });
  const counts = new Float64Array(heap.types.count).fill(1);
  const typed = (text: string): string[] => findFocus(heap, text, counts).types.map((type) => heap.types.names[type]!);

  test("prefers the exact name, then a part of it, then other case", () => {
    expect(typed("main.Session")).toEqual(["main.Session"]);
    expect(typed("Session")).toEqual(["main.Session", "main.SessionStore", "[]*main.Session"]);
    expect(typed("SESSION")).toEqual(["main.Session", "main.SessionStore", "[]*main.Session", "http.session"]);
    expect(typed("session")).toEqual(["http.session"]);
  });

  test("takes a type without its package's path", () => {
    const paths = drawHeap((s) => {
      for (const type of ["[]*cmd/ssa.Value", "cmd/ssa.ValueList", "cmd/ssa.Value", "cmd/xssa.Value"])
        s.object({ type });
    });
    const { types } = findFocus(paths, "ssa.Value", counts);
    expect(types.map((type) => paths.types.names[type])).toEqual(["[]*cmd/ssa.Value", "cmd/ssa.Value"]);
    const [first] = findFocus(paths, "cmd/ssa.Value", counts).types;
    expect(paths.types.names[first!]).toBe("cmd/ssa.Value");
  });

  test("says what it matched", () => {
    expect(findFocus(heap, "main.User", counts).description).toBe("main.User");
    expect(findFocus(heap, "Sess", counts).description).toBe(
      '3 types with "Sess" in their names: main.Session, main.SessionStore, []*main.Session',
    );
    expect(findFocus(heap, "s", counts).description).toMatch(/^5 types with "s" in their names: .* and 1 more$/);
  });

  test("takes functions on stacks and their local variables, where no type fits as well", () => {
    const drawn = drawHeap((s) => {
      const [first, second, third] = ["main.serveState", "[]uint8", "b"].map((type) => s.object({ type }));
      s.global(first!, 8);
      const slots = [[second!, 8] as const, [third!, 16] as const, [second!, 24] as const];
      s.goroutine({ frames: [{ name: "main.serve", slots }] });
    });
    const names: Readonly<Record<number, string>> = { 16: "buf", 24: "p (main.serve)" };
    const edgeName = (edge: number): string | undefined => names[drawn.roots.offset[edge]!];
    const heap = { ...drawn, roots: { ...drawn.roots, edgeName } };
    const of = (text: string) => findFocus(heap, text, new Float64Array(3).fill(1));
    expect(of("main.serve")).toMatchObject({ types: [], targets: [1, 2], description: "what main.serve points to" });
    expect(of("main.serve").vertices).toHaveLength(1);
    expect(of("main.serve buf")).toMatchObject({ targets: [2], vertices: [] });
    expect(of("main.serve p").targets).toEqual([1]);
    // As good a match as the function: the type comes first.
    expect(of("serve")).toMatchObject({ types: [0], targets: [] });
    expect(of("serve buf").targets).toEqual([2]);
    expect(of("SERVE B").description).toBe("what main.serve buf points to");
    expect(() => of("main.nothing")).toThrow(UsageError);
  });

  test("passes over types without objects", () => {
    const without = counts.slice();
    without[heap.types.names.indexOf("http.session")] = 0;
    expect(() => findFocus(heap, "http.session", without)).toThrow(
      'no type of an object, variable or function on a stack has "http.session" in its name',
    );
  });

  test("finds the object at an address, relative to the dump's base", () => {
    const found = { ...heap, findObject: (address: number) => (address === 0x18 ? 2 : NO_OBJECT) };
    expect(findFocus(found, "0x18", counts)).toMatchObject({ object: 2, types: [] });
    const base = { ...found, dump: { ...heap.dump, addressBase: 0xffff_0000_0000_0000n } };
    expect(findFocus(base, "0xFFFF000000000018", counts).object).toBe(2);
    expect(() => findFocus(found, "0x20", counts)).toThrow("there is no object at 0x20");
    for (const text of ["0x", "0xyz", "0x12345678901234567"]) {
      expect(() => findFocus(found, text, counts), text).toThrow("is not an address");
    }
  });
});
