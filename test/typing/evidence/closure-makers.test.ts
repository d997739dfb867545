import { expect, test, vi } from "vitest";
import { ClosureMakers } from "../../../src/typing/evidence/closure-makers.ts";
import type { ExecutableTypes } from "../../../src/typing/match/executable-types.ts";

/** The names that the maker of a closure is looked for by, where only `known` made any. */
function lookedUp(closure: string, known: string): readonly string[] {
  const loadedBy = vi.fn((name: string) => (name === known ? [[1]] : []));
  const executable = { loadedBy, typeAt: () => undefined, functionAt: () => undefined };
  new ClosureMakers(executable as Partial<ExecutableTypes> as ExecutableTypes).layoutOf(1, closure);
  return loadedBy.mock.calls.map(([name]) => name);
}

test("whoever made a closure is looked for by the name's beginnings, the longest first", () => {
  expect(lookedUp("main.f.func1-range2", "main.f")).toEqual(["main.f.func1", "main.f"]);
});

test("a name of any length costs few of them", () => {
  expect(lookedUp(`main.f${".1".repeat(60)}`, "main.f").at(-1)).toBe("main.f");
  expect(lookedUp(".1".repeat(1 << 20), "main.f").length).toBeLessThanOrEqual(64);
});
