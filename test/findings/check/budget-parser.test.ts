/** The grammar of budgets: what is read, and where it says that something is wrong. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MEASURES, measureText } from "../../../src/findings/check/budget.ts";
import { BudgetError, parseBudget, parseShare, parseSize } from "../../../src/findings/check/budget-parser.ts";

const only = (text: string) => parseBudget(text).anyOf[0]![0]!;

function failure(text: string, parse: (text: string) => unknown = parseBudget): BudgetError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof BudgetError) return error;
    throw error;
  }
  throw new Error(`${text} is a budget`);
}

describe("reads", () => {
  test.each([
    ["owned(main.Session) > 100MiB", "owned", "main.Session", ">", 100 * 2 ** 20, "bytes"],
    ["  live>=1.5 GiB ", "live", null, ">=", 1.5 * 2 ** 30, "bytes"],
    ["live > 2GB", "live", null, ">", 2e9, "bytes"],
    ["owned(main.cache) > 10%", "owned", "main.cache", ">", 0.1, "share"],
    ["wasted > 12.5 %", "wasted", null, ">", 0.125, "share"],
    ["wasted(duplicate-text) > 1MiB", "wasted", "duplicate-text", ">", 2 ** 20, "bytes"],
    ["leaked_goroutines > 0", "leaked_goroutines", null, ">", 0, "count"],
    ["goroutines(main.(*Service).work) != 6", "goroutines", "main.(*Service).work", "!=", 6, "count"],
    ["count(map[string]*main.Session) == 1,000", "count", "map[string]*main.Session", "==", 1000, "count"],
    ["count(main.Pair[int, string]) < 1_000", "count", "main.Pair[int, string]", "<", 1000, "count"],
    ["count(struct { a int; b func(x int) }) <= 3", "count", "struct { a int; b func(x int) }", "<=", 3, "count"],
    ['owned(main.store.byToken["a)b"]) > 1KiB', "owned", 'main.store.byToken["a)b"]', ">", 1024, "bytes"],
    ['shallow("odd) \\"name\\" \\\\") > 1B', "shallow", 'odd) "name" \\', ">", 1, "bytes"],
    ["shallow(`raw\\`) > 1B", "shallow", "raw\\", ">", 1, "bytes"],
    ["count( '/^main\\\\.(A|B)$/' ) > 0", "count", "/^main\\.(A|B)$/", ">", 0, "count"],
    ["garbage > 0", "garbage", null, ">", 0, "bytes"],
  ])("%s", (text, name, of, operator, value, unit) => {
    expect(only(text)).toEqual({ measure: { name, of }, operator, limit: { value, unit } });
  });

  test("or of and", () => {
    const { anyOf, text } = parseBudget(" live > 1MiB and objects > 5 or wasted > 10% ");
    expect(text).toBe("live > 1MiB and objects > 5 or wasted > 10%");
    expect(anyOf.map((all) => all.map(({ measure }) => measureText(measure)))).toEqual([
      ["live", "objects"],
      ["wasted"],
    ]);
  });

  test("sizes and shares alone", () => {
    expect([parseSize("64KiB"), parseSize("0"), parseSize(" 1.5 MB ")]).toEqual([65536, 0, 1.5e6]);
    expect([parseShare("5%"), parseShare("12.5 %"), parseShare("0")]).toEqual([0.05, 0.125, 0]);
  });

  test("every measure by the text that is made of it, whatever it is of", () => {
    const things = Object.keys(MEASURES).filter((name) => ["owned", "shallow", "count", "goroutines"].includes(name));
    fc.assert(
      fc.property(fc.constantFrom(...things), fc.string({ minLength: 1, unit: "binary" }), (name, of) => {
        const measure = { name: name as keyof typeof MEASURES, of: of.trim() === "" ? "x" : of.trim() };
        const unit = MEASURES[measure.name].quantity === "bytes" ? "B" : "";
        expect(only(`${measureText(measure)} > 7${unit}`).measure).toEqual(measure);
      }),
    );
    expect(measureText({ name: "owned", of: "main.(*T).f" })).toBe("owned(main.(*T).f)");
    expect(measureText({ name: "owned", of: "a b" })).toBe('owned("a b")');
  });
});

describe("tells what is wrong, and at which column", () => {
  test.each([
    ["", 0, "here comes what is measured", "measures are live"],
    ["ownd(main.T) > 1MiB", 0, 'no measure "ownd"', "did you mean owned?"],
    ["leaked-goroutines > 0", 0, "no measure", "did you mean leaked_goroutines?"],
    ["live 5MiB", 5, "after live comes a comparison", "for example live"],
    ["live = 5MiB", 5, "comparison", "equality is =="],
    ["live > ", 7, "here comes a number", "100MiB"],
    ["live > many", 7, "here comes a number", ""],
    ["live > 100", 10, "the number needs a unit", "KiB"],
    ["live > 100MIB", 10, 'no unit "MIB"', "did you mean MiB?"],
    ["live > 10%", 7, "live is not in per cent", "say bytes"],
    ["objects > 10KiB", 10, "objects is a number", ""],
    ["count(main.T) > 3%", 16, "not in per cent", "say how many"],
    ["owned > 3MiB", 6, "owned is of something", "owned(main.Session)"],
    ["live(main.T) > 3MiB", 4, "of the whole heap", ""],
    ["owned(main.T > 3MiB", 5, "this bracket is not closed", "in quotes"],
    ['owned("main.T) > 3MiB', 6, "this quote is not closed", ""],
    ['owned("a" b) > 3MiB', 10, "here the bracket is to be closed", ""],
    ["owned() > 3MiB", 6, "between the brackets is nothing", ""],
    ["wasted(duplicate-txt) > 3MiB", 7, "no finding", "did you mean duplicate-text?"],
    ["live > 1MiB live", 12, "here comes and, or, or nothing more", ""],
    ["live > 1MiB and", 15, "here comes what is measured", ""],
    ["live > 1MiB android > 3", 12, "here comes and, or", ""],
  ])("%s", (text, column, message, hint) => {
    const error = failure(text);
    expect(error.message).toContain(message);
    expect(error.column).toBe(column);
    expect(error.hint ?? "").toContain(hint);
    expect(error.text).toBe(text);
  });

  test("of sizes and shares", () => {
    expect(failure("64", parseSize).message).toContain("needs its unit");
    expect(failure("5%", parseSize).message).toContain("needs its unit");
    expect(failure("5", parseShare).message).toContain("not a percentage");
    expect(failure("5% or", parseShare).message).toContain("nothing more");
  });

  test("never by another error, whatever the text", () => {
    const piece = fc.constantFrom(
      "live",
      "owned",
      "(",
      ")",
      '"',
      "'",
      "`",
      "[",
      "]",
      "{",
      "\\",
      ">",
      "=",
      "5",
      "MiB",
      "%",
      " ",
      "and",
      "or",
      "é",
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (text) => {
          try {
            parseBudget(text);
          } catch (error) {
            if (!(error instanceof BudgetError)) throw error;
            expect(error.column).toBeLessThanOrEqual(text.length);
          }
        },
      ),
    );
  });
});
