import { expect, test } from "vitest";
import { arrayClassName, className, nameInPackage } from "../../../converters/hprof/names.ts";
import { packageOfSymbol } from "../../../src/index.ts";

test.each([
  ["main.Session", "main.Session"],
  ["[4]main.Point", "main.Point[4]"],
  ["[2][3]int", "int[2][3]"],
  ["[]string (slice header)", "string[] (slice header)"],
  ["map[string][]int", "map[string][]int"],
  // Nothing that a reader takes for an array, for Java's, or for its own.
  ["[]string", "string[] (value)"],
  ["T[]", "T[] (value)"],
  ["", "(unnamed)"],
  ["[", "go:["],
  ["java.lang.String", "go:java.lang.String"],
  ["<method>", "go:<method>"],
  ["\ud800", "\ufffd"],
])("objects of type %j are of class %j", (name, expected) => {
  expect(className(name)).toBe(expected);
});

test.each([
  ["[]main.Event", "[Lmain.Event;"],
  ["[][]byte", "go:byte[][]"],
  ["[]map[string]int", "map[string]int[]"],
  ["[]*main.T", "[L*main.T;"],
  ["[]int", "[Lgo:int;"],
  ["[]", "[L(unnamed);"],
])("arrays of type %j are of class %j", (name, expected) => {
  expect(arrayClassName(name)).toBe(expected);
});

test("marks of guessed types stand before the type, not before brackets", () => {
  expect(arrayClassName("[]main.T", "~")).toBe("[L~main.T;");
  expect(className("[4]main.T", "~")).toBe("~main.T[4]");
});

test.each([
  ["main.store", "main", "store"],
  ["net/http.(*Server).Serve", "net/http", "(*Server).Serve"],
  ["*main.hub", "main", "*hub"],
  ["main.Map[example.com/x.T].Get", "main", "Map[example.com/x.T].Get"],
  ["example.com/a.b/c.F", "example.com/a.b/c", "F"],
  ["goexit", "", "goexit"],
])("%s is in package %j", (name, packagePath, rest) => {
  expect(packageOfSymbol(name)).toBe(packagePath);
  expect(nameInPackage(name, packagePath)).toBe(rest);
});
