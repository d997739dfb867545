/** A set of types that has every kind and every way in which a descriptor differs between versions. */
import { Kind } from "../../../src/binary/types/type.ts";
import type { TypeSpec } from "./type-writer.ts";

export interface SampleTypes {
  readonly all: readonly TypeSpec[];
  readonly named: Readonly<Record<string, TypeSpec>>;
}

/** @param word bytes of a pointer @param minor N of Go 1.N */
export function sampleTypes(word: 4 | 8, minor: number): SampleTypes {
  const named: Record<string, TypeSpec> = {};
  const add = (name: string, spec: TypeSpec): TypeSpec => {
    named[name] = spec;
    return spec;
  };
  const pointer = { size: word, pointerBytes: word, direct: true };
  // Until Go 1.6 there is no such flag: the string is as it is.
  const star = minor >= 7;
  const int = add("int", { kind: Kind.Int, string: "int", named: true, size: word, star });
  const string = add("string", {
    kind: Kind.String,
    string: "string",
    named: true,
    size: 2 * word,
    pointerBytes: word,
  });
  const bool = add("bool", { kind: Kind.Bool, string: "bool", named: true, size: 1, align: 1 });
  const any = add("any", {
    kind: Kind.Interface,
    string: "interface {}",
    size: 2 * word,
    pointerBytes: 2 * word,
  });
  const stringer = add("stringer", {
    kind: Kind.Interface,
    string: "fmt.Stringer",
    path: "fmt",
    named: true,
    size: 2 * word,
    pointerBytes: 2 * word,
    methods: ["GoString", "String"],
  });
  const node = add("node", {
    kind: Kind.Struct,
    string: "list.Node",
    path: "example.com/my/list",
    named: true,
    size: 11 * word,
    pointerBytes: 10 * word,
    methodCount: 2,
    star,
  });
  const nodePointer = add("*node", { kind: Kind.Pointer, string: "*list.Node", elem: node, ...pointer });
  const nodes = add("nodes", { kind: Kind.Slice, string: "[]*list.Node", size: 3 * word, pointerBytes: word });
  nodes.elem = nodePointer;
  const pair = add("pair", {
    kind: Kind.Struct,
    string: "struct { n int; next *list.Node }",
    size: 2 * word,
    pointerBytes: 2 * word,
    fields: [
      { name: "n", type: int, offset: 0 },
      { name: "next", type: nodePointer, offset: word },
    ],
  });
  node.pointerTo = nodePointer;
  node.fields = [
    { name: "next", type: nodePointer, offset: 0 },
    { name: "Stringer", type: stringer, offset: word, embedded: true },
    { name: "value", type: any, offset: 3 * word },
    { name: "items", type: nodes, offset: 5 * word },
    { name: "pair", type: pair, offset: 8 * word },
    { name: "done", type: bool, offset: 10 * word },
  ];
  const many = 10_000_000;
  add("array", {
    kind: Kind.Array,
    string: `[${many}]struct { n int; next *list.Node }`,
    size: 2 * word * many,
    pointerBytes: 2 * word * many,
    elem: pair,
    length: many,
  });
  add("empty", {
    kind: Kind.Array,
    string: "[0]*list.Node",
    size: 0,
    elem: nodePointer,
    length: 0,
  });
  const group = add("group", {
    kind: Kind.Struct,
    string: minor >= 24 ? "map.group[string]list.Node" : "map.bucket[string]list.Node",
    size: 2 * word,
    pointerBytes: 2 * word,
    fields: [
      { name: minor >= 24 ? "ctrl" : "topbits", type: int, offset: 0 },
      { name: "next", type: nodePointer, offset: word },
    ],
  });
  add("map", { kind: Kind.Map, string: "map[string]*list.Node", key: string, elem: nodePointer, group, ...pointer });
  add("index", {
    kind: Kind.Map,
    string: "list.Index",
    path: "example.com/my/list",
    named: true,
    key: string,
    elem: node,
    group,
    ...pointer,
  });
  const channel = add("chan", { kind: Kind.Chan, string: "<-chan *list.Node", elem: nodePointer, dir: 1, ...pointer });
  add("chan chan", { kind: Kind.Chan, string: "chan (<-chan *list.Node)", elem: channel, dir: 3, ...pointer });
  add("func", {
    kind: Kind.Func,
    string: "func(int, ...*list.Node) (list.Node, fmt.Stringer)",
    in: [int, nodes],
    out: [node, stringer],
    variadic: true,
    ...pointer,
  });
  add("handler", {
    kind: Kind.Func,
    string: "list.Handler",
    path: "example.com/my/list",
    named: true,
    in: [node],
    out: [],
    ...pointer,
  });
  add("unsafe", { kind: Kind.UnsafePointer, string: "unsafe.Pointer", named: true, ...pointer });
  // A pointer to memory outside of the heap has no pointer bytes.
  add("notinheap", { kind: Kind.Pointer, string: "*runtime.mspan", elem: int, size: word, direct: true });
  return { all: Object.values(named), named };
}
