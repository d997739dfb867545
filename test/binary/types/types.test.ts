/** Type descriptors of every layout, read back from executables that test writers made. */
import { describe, expect, test } from "vitest";
import {
  dumpedTypeName,
  isDumpedName,
  NO_TYPE,
  openExecutable,
  openProgram,
  type Type,
} from "../../../src/binary/index.ts";
import { Kind } from "../../../src/binary/types/type.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { writeProgram } from "../program-writer.ts";
import { sampleTypes } from "./sample-types.ts";
import type { TypeSpec } from "./type-writer.ts";

const MINORS = [5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 23, 24, 26, 27, 29];
const MACHINES = [
  { pointerSize: 8, bigEndian: false, machine: 62 },
  { pointerSize: 4, bigEndian: false, machine: 3 },
  { pointerSize: 8, bigEndian: true, machine: 22 },
  { pointerSize: 4, bigEndian: true, machine: 8 },
] as const;

function open(minor: number, machine: (typeof MACHINES)[number] = MACHINES[0]) {
  const samples = sampleTypes(machine.pointerSize, minor);
  const written = writeProgram({ minor, types: samples.all, itabs: itabsOf(samples.named), ...machine });
  const program = openProgram(openExecutable(memorySource(written.file)), { goMinor: minor });
  const typeOf = (name: string): Type => program.types.typeAt(written.types.get(samples.named[name]!)!)!;
  return { ...samples, written, program, typeOf };
}

function itabsOf(named: Readonly<Record<string, TypeSpec>>): [TypeSpec, TypeSpec][] {
  return [
    [named.stringer!, named["*node"]!],
    [named.stringer!, named.node!],
    [named.stringer!, named.int!],
  ];
}

describe.each(MINORS)("Go 1.%i", (minor) => {
  test.each(MACHINES)("$pointerSize bytes, big-endian $bigEndian: every type is what was written", (machine) => {
    const { all, written, program } = open(minor, machine);
    expect(program.goMinor).toBe(minor);
    const address = (spec: TypeSpec | undefined): number | undefined => spec && written.types.get(spec);
    for (const spec of all) {
      const type = program.types.typeAt(address(spec)!);
      expect(type, spec.string).toBeDefined();
      expect(
        {
          kind: type!.kind,
          string: type!.string,
          size: type!.size,
          align: type!.align,
          isNamed: type!.isNamed,
          isDirect: type!.isDirect,
          packagePath: type!.packagePath,
          elem: type!.elem?.address,
          key: type!.key?.address,
          group: type!.group?.address,
          length: type!.length,
          chanDir: type!.chanDir,
          fields: type!.fields.map((field) => [field.name, field.type.address, field.offset, field.embedded]),
          in: type!.in.map((parameter) => parameter.address),
          out: type!.out.map((result) => result.address),
          isVariadic: type!.isVariadic,
          methodNames: type!.methodNames,
          methodCount: type!.methodCount,
          pointerTo: type!.pointerTo?.address,
          pointerBytes: type!.pointerBytes,
        },
        spec.string,
      ).toEqual({
        kind: spec.kind,
        string: spec.string,
        size: spec.size,
        align: spec.align ?? machine.pointerSize,
        isNamed: spec.named ?? false,
        isDirect: spec.direct ?? false,
        packagePath: spec.path ?? "",
        elem: address(spec.elem),
        key: address(spec.key),
        group: address(spec.group),
        length: spec.length ?? 0,
        chanDir: spec.dir ?? 0,
        fields: (spec.fields ?? []).map((field) => [
          field.name,
          address(field.type),
          field.offset,
          field.embedded ?? false,
        ]),
        in: (spec.in ?? []).map(address),
        out: (spec.out ?? []).map(address),
        isVariadic: spec.variadic ?? false,
        methodNames: spec.methods ?? [],
        methodCount: spec.methods?.length ?? spec.methodCount ?? 0,
        pointerTo: address(spec.pointerTo),
        pointerBytes: spec.pointerBytes ?? 0,
      });
    }
  });

  test("a scan finds these types and no others", () => {
    const { all, written, program } = open(minor);
    const count = program.types.enumerate();
    const found = Array.from({ length: count }, (_, i) => program.types.at(i).address);
    expect(found.sort((a, b) => a - b)).toEqual(all.map((spec) => written.types.get(spec)).sort((a, b) => a! - b!));
  });

  test.skipIf(minor < 7)("itabs join an interface and a type", () => {
    const { named, written, program } = open(minor);
    const { itabs, types } = program;
    expect(Array.from(itabs.address)).toEqual(written.itabs);
    const pairs = Array.from({ length: itabs.count }, (_, i) => [
      types.at(itabs.interfaceType[i]!).address,
      types.at(itabs.dynamicType[i]!).address,
    ]);
    expect(pairs).toEqual(itabsOf(named).map((pair) => pair.map((spec) => written.types.get(spec))));
  });
});

describe("names", () => {
  test("have full import paths in all their parts", () => {
    const { typeOf } = open(27);
    expect(typeOf("int").name).toBe("int");
    expect(typeOf("*node").name).toBe("*example.com/my/list.Node");
    expect(typeOf("pair").name).toBe("struct { n int; next *example.com/my/list.Node }");
    expect(typeOf("array").name).toBe("[10000000]struct { n int; next *example.com/my/list.Node }");
    expect(typeOf("map").name).toBe("map[string]*example.com/my/list.Node");
    expect(typeOf("index").name).toBe("example.com/my/list.Index");
    expect(typeOf("chan chan").name).toBe("chan (<-chan *example.com/my/list.Node)");
    expect(typeOf("func").name).toBe(
      "func(int, ...*example.com/my/list.Node) (example.com/my/list.Node, fmt.Stringer)",
    );
    expect(typeOf("group").name).toBe("map.group[string]list.Node");
  });

  test("type arguments stay, without the linker's escapes", () => {
    const box: TypeSpec = {
      kind: Kind.Struct,
      string: "cache.LRU[string,*gopkg.in/yaml%2ev3.Node]",
      path: "example.com/cache",
      named: true,
      size: 0,
    };
    const written = writeProgram({ minor: 27, pointerSize: 8, bigEndian: false, types: [box] });
    const { types } = openProgram(openExecutable(memorySource(written.file)));
    expect(types.typeAt(written.types.get(box)!)!.name).toBe("example.com/cache.LRU[string,*gopkg.in/yaml.v3.Node]");
  });
});

describe("names in dumps", () => {
  const named = { packagePath: "example.com/my.v2/list", isNamed: true };

  test.each([
    ["a named type", { string: "list.Node", ...named }, "example.com/my.v2/list.Node"],
    [
      "a generic type, as the linker escapes it",
      { string: "list.Pair[string,example.com/my%2ev2/list.Node]", ...named },
      "example.com/my.v2/list.Pair[string,example.com/my%2ev2/list.Node]",
    ],
    [
      "a type that has none, of a package",
      { string: "*list.Node", ...named, isNamed: false },
      "example.com/my.v2/list.",
    ],
    [
      "a type of no package: short names, and tags",
      { string: 'struct { *list.Node "json:\\"a\\"" }', packagePath: "", isNamed: false },
      'struct { *list.Node "json:\\"a\\"" }',
    ],
  ])("%s", (_, type, name) => {
    expect(dumpedTypeName(type)).toBe(name);
    expect(isDumpedName(name, type)).toBe(true);
    expect(isDumpedName(`${name}2`, type)).toBe(false);
  });

  test("Go 1.18 cut generic ones at the last dot", () => {
    const type = { string: "list.Pair[string,list.Node]", ...named };
    expect(isDumpedName("example.com/my.v2/list.Node]", type)).toBe(true);
    expect(isDumpedName("example.com/my.v2/list.Node", { ...type, string: "list.Node2" })).toBe(false);
  });
});

describe("pointers", () => {
  test("of a struct are those of its fields", () => {
    const words = (minor: number): number[] => Array.from(open(minor).typeOf("node").pointers.words);
    // next; Stringer's data; value's data; items' array; pair.next
    expect(words(27)).toEqual([0, 16, 32, 40, 72]);
    // The type words of interfaces too.
    expect(words(10)).toEqual([0, 8, 16, 24, 32, 40, 72]);
    expect(words(11)).toEqual(words(27));
  });

  test("of a huge array are its element's, repeated", () => {
    const { typeOf } = open(27);
    expect(typeOf("array").pointers).toEqual({
      words: Int32Array.of(8),
      stride: 16,
      repeat: 10_000_000,
      isComplete: true,
    });
    expect(typeOf("empty").pointers.repeat).toBe(0);
  });

  test("to memory outside the heap are none", () => {
    expect(open(27).typeOf("notinheap").pointers.repeat).toBe(0);
  });

  test("a struct with a huge array is described as far as is sane, and says so", () => {
    const pointer: TypeSpec = { kind: Kind.Pointer, string: "*int", size: 8, pointerBytes: 8, direct: true };
    const length = 100_000_000;
    const array: TypeSpec = {
      kind: Kind.Array,
      string: "[100000000]*int",
      size: 8 * length,
      pointerBytes: 8 * length,
      elem: pointer,
      length,
    };
    const struct: TypeSpec = {
      kind: Kind.Struct,
      string: "main.huge",
      path: "main",
      named: true,
      size: 8 * length,
      pointerBytes: 8 * length,
      fields: [{ name: "a", type: array, offset: 0 }],
    };
    pointer.elem = { kind: Kind.Int, string: "int", named: true, size: 8 };
    const specs = [pointer, pointer.elem, array, struct];
    const written = writeProgram({ minor: 27, pointerSize: 8, bigEndian: false, types: specs });
    const { types } = openProgram(openExecutable(memorySource(written.file)));
    const { words, isComplete } = types.typeAt(written.types.get(struct)!)!.pointers;
    expect(isComplete).toBe(false);
    expect(words.length).toBe(1 << 20);
    expect(types.typeAt(written.types.get(array)!)!.pointers).toMatchObject({ repeat: length, isComplete: true });
  });
});

test("addresses that are no descriptors have no type", () => {
  const { program, written } = open(27);
  const { types } = program;
  const [first] = [...written.types.values()];
  const wrong = [0, -1, 1, 8, 2 ** 40, 2 ** 60, Number.NaN, Number.POSITIVE_INFINITY, first! + 8, first! + 1];
  expect(wrong.map((address) => types.indexAt(address))).toEqual(wrong.map(() => NO_TYPE));
  // Asked again they are remembered.
  expect(wrong.map((address) => types.indexAt(address))).toEqual(wrong.map(() => NO_TYPE));
  expect(types.count).toBe(0);
  expect(types.indexAt(first!)).toBe(0);
});
