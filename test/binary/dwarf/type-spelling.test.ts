/** Names of types as the linker spells them, taken apart. */
import { describe, expect, test } from "vitest";
import {
  isNamedSpelling,
  lastElement,
  packageOf,
  parameterCount,
  shortSpelling,
} from "../../../src/binary/dwarf/type-spelling.ts";

test.each([
  ["int", "int"],
  ["*net/http.Header", "*http.Header"],
  ["map[net/netip.Addr][]*a/b/c.T", "map[netip.Addr][]*c.T"],
  [
    "func(net/http.Handler, ...crypto/tls.Option) (io/fs.File, error)",
    "func(http.Handler, ...tls.Option) (fs.File, error)",
  ],
  [
    "struct { net/http.mu sync.Mutex; net/http.m map[string]net/url.URL }",
    "struct { mu sync.Mutex; m map[string]url.URL }",
  ],
  ["struct { sync.Mutex; N int }", "struct { sync.Mutex; N int }"],
  ["struct { sync.Mutex }", "struct { sync.Mutex }"],
  ["sync/atomic.Pointer[net/http.response]", "atomic.Pointer[net/http.response]"],
  ["map[a/b.K]a/b.List[c/d.T,e/f.Map[g/h.K,int]]", "map[b.K]b.List[c/d.T,e/f.Map[g/h.K,int]]"],
  ["chan<- a/b.T", "chan<- b.T"],
  ["noalg.[8]struct { key string; elem a/b.T }", "[8]struct { key string; elem b.T }"],
  ["noalg.map.group[a/b.K][]c/d.V", "map.group[b.K][]d.V"],
  ["main.local·3", "main.local"],
  ["go.shape.struct { a/b.c int }", "go.shape.struct { a/b.c int }"],
  ["", ""],
])("%s is short for", (full, short) => {
  expect(shortSpelling(full)).toBe(short);
});

test.each([
  ["int", true],
  ["net/http.Header", true],
  ["main.chanter", true],
  ["mapper", true],
  ["chan int", false],
  ["<-chan int", false],
  ["chan<- int", false],
  ["map[string]int", false],
  ["*T", false],
  ["[]T", false],
  ["func()", false],
  ["struct {}", false],
  ["interface { M() }", false],
  ["noalg.map.group[int]int", false],
  ["hash<int,int>", false],
  ["", false],
])("%s is declared: %s", (name, expected) => {
  expect(isNamedSpelling(name)).toBe(expected);
});

test.each([
  ["func()", 0],
  ["func() (int, int)", 0],
  ["func(int)", 1],
  ["func(int, string) bool", 2],
  ["func(func(int, int), map[a.K[int, int]]struct { a int; b int }) (int, int)", 2],
  ['func(struct { A int "),,(" }, int)', 2],
  ["main.handler", -1],
  ["func(", -1],
  ["func(int, ", -1],
])("parameters of %s", (name, count) => {
  expect(parameterCount(name)).toBe(count);
});

describe("packages and last elements", () => {
  test.each([
    ["net/http.Header", "net/http", "Header"],
    ["main.List[net/http.Header]", "main", "List"],
    ["gopkg.in/yaml%2ev3.Node", "gopkg.in/yaml%2ev3", "Node"],
    ["int", "", "int"],
  ])("%s", (name, path, last) => {
    expect(packageOf(name)).toBe(path);
    expect(lastElement(name)).toBe(last);
  });
});
