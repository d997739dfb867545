import { describe, expect, test } from "vitest";
import { defineConverter } from "../../src/converter/converter.ts";
import { describeValues, parseAssignment, resolveOptions } from "../../src/converter/options.ts";
import { UsageError } from "../../src/errors.ts";
import { findNearest } from "../../src/nearest.ts";

const converter = defineConverter({
  apiVersion: 1,
  name: "demo",
  description: "",
  output: { kind: "file", extension: "x", binary: false },
  options: {
    strings: { type: "boolean", default: true, description: "" },
    depth: { type: "integer", default: 64, min: 1, max: 100, description: "" },
    bias: { type: "integer", default: 0, description: "" },
    title: { type: "string", default: "heap", description: "" },
    mode: { type: "choice", values: ["graph", "tree"], default: "tree", description: "" },
    tag: { type: "list", what: "key=value", default: [], description: "" },
  },
  async convert() {},
});

test("without anything given: the defaults", () => {
  expect(resolveOptions(converter, [])).toEqual({
    strings: true,
    depth: 64,
    bias: 0,
    title: "heap",
    mode: "tree",
    tag: [],
  });
});

test("every type, as text and as a flag", () => {
  const given = ["strings=off", "depth=+7", "bias=-3", "title=a=b", "mode=graph", "tag=x=1"].map(parseAssignment);
  expect(resolveOptions(converter, given)).toEqual({
    strings: false,
    depth: 7,
    bias: -3,
    title: "a=b",
    mode: "graph",
    tag: ["x=1"],
  });
  expect(resolveOptions(converter, [["strings", false]]).strings).toBe(false);
  expect(resolveOptions(converter, [parseAssignment("strings")]).strings).toBe(true);
  expect(resolveOptions(converter, [["title", ""]]).title).toBe("");
  for (const word of ["TRUE", "yes", "on", "1"])
    expect(resolveOptions(converter, [["strings", word]]).strings).toBe(true);
});

test("a list takes each of what it is given, in order, and forgets its default", () => {
  const given = ["tag=a=1", "depth=3", "tag=b=2", "tag=a=1"].map(parseAssignment);
  expect(resolveOptions(converter, given).tag).toEqual(["a=1", "b=2", "a=1"]);
  const spec = { type: "list", what: "word", default: ["x"], description: "" } as const;
  expect(resolveOptions({ name: "words", options: { words: spec } }, []).words).toEqual(["x"]);
  expect(resolveOptions({ name: "words", options: { words: spec } }, [["words", "y"]]).words).toEqual(["y"]);
  expect(describeValues(spec)).toBe("word, may be given several times");
});

describe("what is refused", () => {
  const refusals: [given: string, message: string, hint?: string][] = [
    ["deepth=3", 'demo has no option "deepth"; it has strings, depth, bias, title, mode, tag', "did you mean depth?"],
    ["constructor=3", 'demo has no option "constructor"'],
    ["depth=0", 'option "depth" cannot be "0": it is an integer from 1 to 100'],
    ["depth=101", 'cannot be "101"'],
    ["depth=1.5", 'cannot be "1.5"'],
    ["depth=", 'cannot be ""'],
    ["depth", 'option "depth" needs a value: it is an integer from 1 to 100'],
    ["bias=99999999999999999999", "it is an integer"],
    ["title", 'option "title" needs a value: it is text'],
    ["mode=grape", 'option "mode" cannot be "grape": it is one of graph, tree', "did you mean graph?"],
    ["tag", 'option "tag" needs a value: it is key=value, may be given several times'],
    ["strings=maybe", 'option "strings" cannot be "maybe": it is true or false'],
  ];
  test.each(refusals)("%s", (given, message, hint) => {
    const attempt = () => resolveOptions(converter, [parseAssignment(given)]);
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(message);
    if (hint) expect(catchError(attempt).hint).toBe(hint);
  });

  test("the same twice; nothing before the equals sign; any for a converter without options", () => {
    expect(() => resolveOptions(converter, [parseAssignment("depth=1"), ["depth", "2"]])).toThrow(
      '"depth" is given twice',
    );
    expect(() => parseAssignment("=1")).toThrow(UsageError);
    expect(() => resolveOptions({ name: "bare", options: {} }, [["x", "1"]])).toThrow(
      'bare has no option "x": it takes no options',
    );
  });
});

test("integers say their bounds", () => {
  expect(describeValues({ type: "integer", default: 0, min: 3, description: "" })).toBe("an integer of at least 3");
  expect(describeValues({ type: "integer", default: 0, max: 3, description: "" })).toBe("an integer of at most 3");
});

test("the nearest word, unless all are far", () => {
  expect(findNearest("heapsnapshoot", ["heapprofile", "heapsnapshot", "heaptimeline"])).toBe("heapsnapshot");
  expect(findNearest("Dot", ["dot", "pprof"])).toBe("dot");
  expect(findNearest("xyz", ["dot", "pprof"])).toBeUndefined();
});

function catchError(run: () => unknown): UsageError {
  try {
    run();
  } catch (error) {
    return error as UsageError;
  }
  throw new Error("nothing was thrown");
}
