/** Types made from debug information: every kind, as the runtime's descriptors would have them; and damage. */
import { describe, expect, test } from "vitest";
import { type DescriptorSource, Kind, openDebugInfo, type Type } from "../../../src/binary/index.ts";
import { debugExecutable, type EntryRow, fixedBytes, writeUnits } from "./dwarf-writer.ts";
import {
  array,
  base,
  chan,
  func,
  GO,
  global,
  iface,
  map,
  name,
  pointer,
  size,
  slice,
  string,
  struct,
  type,
  typedef,
  unit,
  unsafePointer,
} from "./go-entries.ts";

const NO_DESCRIPTORS: DescriptorSource = { typeAt: () => undefined };

/** Basic types, and what the runtime declares for interfaces. */
function basics(word: number): EntryRow[] {
  return [
    base("int", 2, word),
    base("uint8", 8, 1),
    base("uint64", 11, 8),
    base("bool", 1, 1),
    base("complex128", 16, 16),
    string(word),
    unsafePointer,
    pointer("*int", "int"),
    pointer("*uint8", "uint8"),
    ...struct("runtime.eface", 2 * word, [
      ["_type", "*int", 0],
      ["data", "unsafe.Pointer", word],
    ]),
    ...struct("runtime.iface", 2 * word, [
      ["tab", "*int", 0],
      ["data", "unsafe.Pointer", word],
    ]),
    iface("interface {}", "runtime.eface"),
    iface("error", "runtime.iface"),
  ];
}

/** Opens the types `entries` and gives the one labelled `label`. */
function typeOf(
  entries: readonly EntryRow[],
  label: string,
  { word = 8 as 4 | 8, bigEndian = false, producer = GO, descriptors = NO_DESCRIPTORS } = {},
): Type {
  const machine = { pointerSize: word, bigEndian };
  const root = unit(
    [...basics(word), ...entries, global("main.x", label, fixedBytes(64, word, bigEndian))],
    [],
    producer,
  );
  const { info, abbrev } = writeUnits([{ version: 4, root }], machine);
  return openDebugInfo(debugExecutable({ info, abbrev }, machine), descriptors)!.variables[0]!.type;
}

const layout = ({ pointers }: Type): string => `${[...pointers.words]} / ${pointers.stride} × ${pointers.repeat}`;
const fieldNames = ({ fields }: Type): string[] =>
  fields.map((field) => `${field.offset} ${field.name} ${field.type.name}${field.embedded ? " embedded" : ""}`);

describe.each([4, 8] as const)("%i bytes", (word) => {
  const of = (label: string, ...entries: readonly EntryRow[]): Type => typeOf(entries, label, { word });

  test.each([
    ["int", Kind.Int, word],
    ["uint8", Kind.Uint8, 1],
    ["bool", Kind.Bool, 1],
    ["complex128", Kind.Complex128, 16],
    ["string", Kind.String, 2 * word],
    ["unsafe.Pointer", Kind.UnsafePointer, word],
    ["error", Kind.Interface, 2 * word],
  ])("%s", (label, kind, bytes) => {
    const found = of(label);
    expect([found.kind, found.size, found.name, found.string]).toEqual([kind, bytes, label, label]);
    expect([found.address, found.hash, found.elem, found.fields]).toEqual([0, 0, undefined, []]);
  });

  test("pointers in the kinds that have them", () => {
    expect(layout(of("string"))).toBe(`0 / ${2 * word} × 1`);
    expect(layout(of("error"))).toBe(`${word} / ${2 * word} × 1`);
    expect(layout(of("unsafe.Pointer"))).toBe(`0 / ${word} × 1`);
    expect(layout(of("int"))).toBe(` / ${word} × 0`);
    expect(of("error").pointerBytes).toBe(2 * word);
  });

  test("interfaces with and without methods", () => {
    expect(of("interface {}").methodCount).toBe(0);
    expect(of("error").methodCount).toBeGreaterThan(0);
  });

  test("structs", () => {
    const node = of(
      "net/http.node",
      pointer("*net/http.node", "net/http.node"),
      ...struct("sync.Mutex", 8, [["sync.state", "uint64", 0]]),
      ...struct("net/http.node", 16 + 3 * word, [
        ["next", "*net/http.node", 8],
        ["net/http.text", "string", 8 + word],
        ["sync.Mutex", "sync.Mutex", 0, true],
        ["count", "uint64", 8 + 3 * word],
      ]),
    );
    expect(node.kind).toBe(Kind.Struct);
    expect([node.name, node.string, node.packagePath, node.isNamed]).toEqual([
      "net/http.node",
      "http.node",
      "net/http",
      true,
    ]);
    expect(fieldNames(node)).toEqual([
      "0 Mutex sync.Mutex embedded",
      "8 next *net/http.node",
      `${8 + word} text string`,
      `${8 + 3 * word} count uint64`,
    ]);
    expect(node.fields[1]!.type.elem).toBe(node);
    expect(layout(node)).toBe(`8,${8 + word} / ${16 + 3 * word} × 1`);
    expect(node.align).toBe(word);
    expect(node.isDirect).toBe(false);
  });

  test("arrays, slices, channels", () => {
    const grid = of("[2][3]*int", array("[3]*int", "*int", 3, 3 * word), array("[2][3]*int", "[3]*int", 2, 6 * word));
    expect([grid.length, grid.elem!.length, grid.name]).toEqual([2, 3, "[2][3]*int"]);
    expect(layout(grid)).toBe(`0 / ${word} × 6`);
    const list = of("[]string", slice("[]string", "string", word));
    expect([list.kind, list.size, list.elem!.name, list.fields]).toEqual([Kind.Slice, 3 * word, "string", []]);
    const directions = ["chan int", "<-chan int", "chan<- int"].map((label) => of(label, chan(label, "int")));
    expect(directions.map((each) => [each.kind, each.chanDir, each.name, each.elem!.name, each.isDirect])).toEqual([
      [Kind.Chan, 3, "chan int", "int", true],
      [Kind.Chan, 1, "<-chan int", "int", true],
      [Kind.Chan, 2, "chan<- int", "int", true],
    ]);
  });

  test("maps with buckets, and with groups", () => {
    const old = of(
      "map[string]int",
      ...struct("bucket<string,int>", 40, [["tophash", "uint64", 0]]),
      pointer("*bucket<string,int>", "bucket<string,int>"),
      ...struct("hash<string,int>", 48, [["buckets", "*bucket<string,int>", 16]]),
      pointer("*hash<string,int>", "hash<string,int>"),
      map("map[string]int", "string", "int", "*hash<string,int>"),
    );
    expect([old.kind, old.key!.name, old.elem!.name, old.group!.name]).toEqual([
      Kind.Map,
      "string",
      "int",
      "bucket<string,int>",
    ]);
    const swiss = of(
      "map[string]int",
      ...struct("noalg.map.group[string]int", 200, [["ctrl", "uint64", 0]]),
      pointer("*noalg.map.group[string]int", "noalg.map.group[string]int"),
      ...struct("groupReference<string,int>", 16, [["data", "*noalg.map.group[string]int", 0]]),
      ...struct("table<string,int>", 48, [["groups", "groupReference<string,int>", 16]]),
      pointer("*table<string,int>", "table<string,int>"),
      pointer("**table<string,int>", "*table<string,int>"),
      ...struct("map<string,int>", 48, [["dirPtr", "**table<string,int>", 16]]),
      pointer("*map<string,int>", "map<string,int>"),
      map("map[string]int", "string", "int", "*map<string,int>"),
    );
    expect([swiss.kind, swiss.name, swiss.group!.name, swiss.group!.size]).toEqual([
      Kind.Map,
      "map[string]int",
      "map.group[string]int",
      200,
    ]);
  });

  test("functions, with marked results and without", () => {
    const marked = of("main.handler", func("main.handler", word, ["int", "string"], ["error"], true));
    expect(marked.in.map((each) => each.name)).toEqual(["int", "string"]);
    expect(marked.out.map((each) => each.name)).toEqual(["error"]);
    expect([marked.isVariadic, marked.name, marked.kind]).toEqual([true, "main.handler", Kind.Func]);
    const spelled = "func(map[int]func(int, int), string) (int, *int)";
    const entries = [
      pointer("*string", "string"),
      pointer("**int", "*int"),
      func(spelled, word, ["*int", "string", "*string", "**int"], []),
    ];
    const old = typeOf(entries, spelled, { word, producer: "Go cmd/compile go1.19.8" });
    expect(old.in.map((each) => each.name)).toEqual(["*int", "string"]);
    expect(old.out.map((each) => each.name)).toEqual(["string", "*int"]);
    expect(old.name).toBe(spelled);
    // Which are results cannot be known of a declared type of an old compiler.
    const declared = typeOf([func("main.f", word, ["int", "*int"], [])], "main.f", {
      word,
      producer: "Go cmd/compile go1.19.8",
    });
    expect([declared.in, declared.out]).toEqual([[], []]);
  });

  test("pointers that interfaces hold themselves", () => {
    const one = struct("main.one", word, [["p", "*int", 0]]);
    const two = struct("main.two", 2 * word, [
      ["p", "*int", 0],
      ["q", "*int", word],
    ]);
    const empty = struct("main.empty", word, [
      ["_", "main.none", 0],
      ["p", "*int", 0],
    ]);
    const none = struct("main.none", 0, []);
    expect(of("main.one", ...one).isDirect).toBe(true);
    expect(of("main.two", ...two).isDirect).toBe(false);
    expect(of("[1]*int", array("[1]*int", "*int", 1, word)).isDirect).toBe(true);
    expect(of("main.empty", ...none, ...empty).isDirect).toBe(true);
    const old = typeOf([...none, ...empty], "main.empty", { word, producer: "Go cmd/compile go1.25.1" });
    expect(old.isDirect).toBe(false);
  });

  test("pointers to what is not on the heap do not count", () => {
    const entries = [
      ...struct("internal/runtime/sys.nih", 0, []),
      ...struct("internal/runtime/sys.NotInHeap", 0, [["_", "internal/runtime/sys.nih", 0]]),
      ...struct("runtime.mspan", 8, [
        ["_", "internal/runtime/sys.NotInHeap", 0],
        ["n", "uint64", 0],
      ]),
      pointer("*runtime.mspan", "runtime.mspan"),
      ...struct("runtime.cache", 2 * word, [
        ["span", "*runtime.mspan", 0],
        ["p", "*int", word],
      ]),
    ];
    expect(of("*runtime.mspan", ...entries).pointerBytes).toBe(0);
    expect(layout(of("runtime.cache", ...entries))).toBe(`${word} / ${2 * word} × 1`);
  });
});

describe("descriptors", () => {
  const described = { kind: Kind.Struct, size: 16, name: "main.known" } as Type;
  const descriptors: DescriptorSource = { typeAt: (offset) => (offset === 0x40 ? described : undefined) };
  const fields = [["n", "uint64", 0]] as const;

  test("are given where there is one", () => {
    expect(typeOf(struct("main.known", 16, fields, 0x40), "main.known", { descriptors })).toBe(described);
  });

  test("are not where the offset is unknown, or the kind or size is another", () => {
    for (const [bytes, offset] of [
      [16, 0],
      [16, 0x48],
      [24, 0x40],
    ] as const) {
      const found = typeOf(struct("main.known", bytes, fields, offset), "main.known", { descriptors });
      expect([found.address, found.size, found.fields.length]).toEqual([0, bytes, 1]);
    }
    expect(typeOf([base("uint32", 10, 4, 0x40)], "uint32", { descriptors }).kind).toBe(Kind.Uint32);
  });

  test("have their types' members unified", () => {
    const list = typeOf(
      [...struct("main.known", 16, fields, 0x40), slice("[]main.known", "main.known", 8)],
      "[]main.known",
      { descriptors },
    );
    expect(list.elem).toBe(described);
  });
});

describe("names", () => {
  test.each([
    ["example.com/shop%2ev2.Order", "shop.v2.Order", "example.com/shop.v2.Order", "example.com/shop.v2"],
    ["main.List[net/http.Header]", "main.List[net/http.Header]", "main.List[net/http.Header]", "main"],
    ["net/result·2", "result", "result", ""],
    ["go.shape.struct { a/b.c int }", "go.shape.struct { a/b.c int }", "go.shape.struct { a/b.c int }", "go.shape"],
  ])("of %s", (label, short, full, path) => {
    const found = typeOf(struct(label, 8, [["n", "uint64", 0]]), label);
    expect([found.string, found.name, found.packagePath]).toEqual([short, full, path]);
  });

  test("of an unnamed struct are spelled by its fields", () => {
    const label = 'struct { net/http.key string; Count int "json:\\"n\\""; sync.Mutex }';
    const found = typeOf(
      [
        ...struct("sync.Mutex", 8, []),
        ...struct(label, 32, [
          ["net/http.key", "string", 0],
          ["Count", "int", 16],
          ["Mutex", "sync.Mutex", 24, true],
        ]),
      ],
      label,
    );
    expect(found.name).toBe("struct { key string; Count int; sync.Mutex }");
    expect(found.string).toBe('struct { key string; Count int "json:\\"n\\""; sync.Mutex }');
    expect([found.isNamed, found.packagePath]).toEqual([false, ""]);
  });

  test("of generic parameters are those of the shape", () => {
    const entries = [typedef("go.shape.int", "int"), typedef(".param0", "go.shape.int", [[0x2906, 0x0f, 0]])];
    expect(typeOf(entries, ".param0").name).toBe("int");
  });
});

describe("damage", () => {
  const useAll = (found: Type): number =>
    found.name.length + found.pointerBytes + found.align + found.length + found.fields.length + Number(found.isDirect);

  test("typedefs in a circle have no type", () => {
    const found = typeOf([typedef("a", "b"), typedef("b", "a")], "a");
    expect([found.name, found.size, found.kind, found.fields]).toEqual(["?", 0, Kind.Struct, []]);
  });

  test("a pointer to itself, an array of itself, a struct within itself", () => {
    expect(typeOf([pointer("*T", "*T")], "*T").name.length).toBeLessThanOrEqual(2000);
    expect(useAll(typeOf([array("[4]T", "[4]T", 4, 32)], "[4]T"))).toBeGreaterThan(0);
    expect(useAll(typeOf([array("[4]T", "[4]T", 4, 32), pointer("*[4]T", "[4]T")], "*[4]T"))).toBeGreaterThan(0);
    const inner = typeOf(struct("main.T", 8, [["t", "main.T", 0]]), "main.T");
    expect(inner.fields.map((field) => field.type)).toEqual([inner]);
    expect(useAll(inner)).toBeGreaterThan(0);
  });

  test("deep nesting does not exhaust the stack", () => {
    const entries = Array.from({ length: 5000 }, (_, i) =>
      struct(`main.T${i}`, 8, [["t", i === 0 ? "uint64" : `main.T${i - 1}`, 0]]),
    ).flat();
    expect(useAll(typeOf(entries, "main.T4999"))).toBeGreaterThan(0);
    expect(useAll(typeOf([...entries, pointer("*T", "main.T4999")], "*T"))).toBeGreaterThan(0);
    const stars = Array.from({ length: 5000 }, (_, i) => pointer(`p${i}`, i === 0 ? "int" : `p${i - 1}`));
    expect(useAll(typeOf(stars, "p4999"))).toBeGreaterThan(0);
  });

  test("fields that point nowhere or out of the struct are left out", () => {
    const entries = struct("main.T", 16, [
      ["good", "uint64", 0],
      ["out", "string", 8],
      ["loop", "a", 0],
      ["far", "int", 2 ** 40],
    ]);
    expect(fieldNames(typeOf([...entries, typedef("a", "a")], "main.T"))).toEqual(["0 good uint64"]);
  });

  test("what is no type, or lies about its kind, is taken for what it can be", () => {
    const entries: EntryRow[] = [
      { tag: 0x39, label: "namespace", attributes: [name("x")] },
      { tag: 0x24, label: "odd", attributes: [name("odd"), [0x3e, 0x0b, 5], [0x0b, 0x0b, 2], [0x2900, 0x0b, 31]] },
      { tag: 0x24, label: "none", attributes: [name("none"), [0x3e, 0x0b, 5], [0x0b, 0x0b, 3]] },
      { tag: 0x13, label: "sized", attributes: [name("sized"), size(8), [0x2900, 0x0b, 18]] },
      { tag: 0x0f, label: "old pointer", attributes: [name("*int"), type("int"), [0x2900, 0x0b, 0]] },
    ];
    expect(typeOf(entries, "namespace").name).toBe("?");
    expect(typeOf(entries, "odd").kind).toBe(Kind.Int16);
    expect(typeOf(entries, "none").name).toBe("?");
    expect(typeOf(entries, "sized").kind).toBe(Kind.Struct);
    expect(typeOf(entries, "old pointer").kind).toBe(Kind.Pointer);
  });

  test("an array's length follows from its size", () => {
    const lying = typeOf([array("[9]int", "int", 9, 24)], "[9]int");
    expect([lying.length, lying.size]).toEqual([3, 24]);
    expect(typeOf([array("[1000000]int", "int", 1e6, 8e6)], "[1000000]int").length).toBe(1e6);
    const empty = struct("main.none", 0, []);
    expect(typeOf([...empty, array("[7]main.none", "main.none", 7, 0)], "[7]main.none").length).toBe(7);
  });

  test("an offset of a member as an operation", () => {
    const entry: EntryRow = {
      tag: 0x13,
      label: "old",
      attributes: [name("main.old"), size(16), [0x2900, 0x0b, 25]],
      children: [{ tag: 0x0d, attributes: [name("n"), [0x38, 0x0a, [0x23, 8]], type("int")] }],
    };
    expect(fieldNames(typeOf([entry], "old"))).toEqual(["8 n int"]);
  });
});
