/** Units, functions and package variables, from debug information that was written for the purpose. */
import { describe, expect, test } from "vitest";
import { type DescriptorSource, openDebugInfo } from "../../../src/binary/index.ts";
import { DwarfBytes, debugExecutable, type EntryRow, fixedBytes, uleb, writeUnits } from "./dwarf-writer.ts";
import { base, GO, global, name, origin, pointer, subprogram, unit, variable } from "./go-entries.ts";

const NO_DESCRIPTORS: DescriptorSource = { typeAt: () => undefined };
const MACHINES = [
  { pointerSize: 8, bigEndian: false },
  { pointerSize: 8, bigEndian: true },
  { pointerSize: 4, bigEndian: false },
  { pointerSize: 4, bigEndian: true },
] as const;
const AMD64 = MACHINES[0];
/** Every form's number, and a value of it: what is passed over must not move what follows. */
const FORMS: readonly (readonly [form: number, value: number | readonly number[] | string])[] = [
  [0x01, 0x4711],
  [0x03, [1, 2, 3]],
  [0x04, [1, 2, 3, 4]],
  [0x05, 0xffff],
  [0x06, 0xffffffff],
  [0x07, 0x1_0000_0000],
  [0x08, "text"],
  [0x09, new Array<number>(200).fill(7)],
  [0x0a, [9]],
  [0x0b, 0xff],
  [0x0c, 1],
  [0x0d, -70000],
  [0x0e, 3],
  [0x0f, 70000],
  [0x10, "int"],
  [0x11, 9],
  [0x12, 9],
  [0x13, "int"],
  [0x14, "int"],
  [0x15, "int"],
  [0x17, 0],
  [0x18, new Array<number>(130).fill(0)],
  [0x19, 0],
  [0x1a, 300],
  [0x1b, 300],
  [0x1c, 1],
  [0x1d, 1],
  [0x1f, 1],
  [0x20, 1],
  [0x21, -5],
  [0x22, 300],
  [0x23, 300],
  [0x24, 1],
  [0x25, 1],
  [0x26, 1],
  [0x27, 1],
  [0x28, 1],
  [0x29, 1],
  [0x2a, 1],
  [0x2b, 1],
  [0x2c, 1],
  [0x1f01, 300],
  [0x1f02, 300],
  [0x1f20, 1],
  [0x1f21, 1],
];

function open(
  root: EntryRow | readonly EntryRow[],
  machine: (typeof MACHINES)[number] = AMD64,
  { version = 5, wide = false, sections = {} as Record<string, Uint8Array> } = {},
) {
  const units = [root].flat().map((each) => ({ version, wide, root: each }));
  const { info, abbrev } = writeUnits(units, machine);
  const opened = openDebugInfo(debugExecutable({ info, abbrev, ...sections }, machine), NO_DESCRIPTORS);
  if (!opened) throw new Error("there is no debug information of Go");
  return opened;
}

describe.each(MACHINES)("$pointerSize bytes, big-endian: $bigEndian", (machine) => {
  const address = (value: number): number[] => fixedBytes(value, machine.pointerSize, machine.bigEndian);
  const high = machine.pointerSize === 8 ? 0x7f12_3456_7890 : 0xfedc_ba90;
  const root = unit([
    base("int", 2, machine.pointerSize),
    global("main.late", "int", address(high)),
    global("main.early", "*int", address(0x1000)),
    variable("main.optimized", [0x49, 0x10, "int"]),
    variable("main.computed", [0x02, 0x0a, [0x03, ...address(0x2000), 0x23, 1]], [0x49, 0x10, "int"]),
    pointer("*int", "int"),
    subprogram("main.second", 0x5000, 0x5010, [variable("x", [0x49, 0x10, "int"])]),
    subprogram("main.first", 0x4000, 0x4010, []),
    { tag: 0x2e, attributes: [name("main.inlined"), [0x20, 0x0b, 1]], label: "inlined", children: [] },
    { tag: 0x2e, attributes: [origin("inlined"), [0x11, 0x01, 0x6000]] },
  ]);

  describe.each([
    [2, false],
    [3, false],
    [4, false],
    [4, true],
    [5, false],
    [5, true],
  ] as const)("DWARF %i, 64-bit format: %s", (version, wide) => {
    const info = open(root, machine, { version, wide });

    test("package variables by address, with types", () => {
      expect(info.variables.map((each) => [each.name, each.address, each.type.name])).toEqual([
        ["main.early", 0x1000, "*int"],
        ["main.late", high, "int"],
      ]);
      expect(info.variables[0]!.type.elem).toBe(info.variables[1]!.type);
      expect(info.variables[0]!.type.size).toBe(machine.pointerSize);
    });

    test("functions that have code", () => {
      expect(info.functionCount).toBe(3);
      expect(["main.first", "main.second", "main.inlined"].map((each) => info.entryOf(each))).toEqual([
        0x4000, 0x5000, 0x6000,
      ]);
      expect(info.entryOf("main.third")).toBeUndefined();
    });

    test("the version, and no warnings", () => {
      expect(info.version).toBe(version);
      expect(info.warnings).toEqual([]);
    });
  });

  test.each([3, 4, 5])("every form is passed over, DWARF %i", (version) => {
    // Attributes that nobody knows, in every form; before and after them one that is kept.
    const rows: EntryRow[] = FORMS.map(([form, value], i) => ({
      tag: 0x34,
      attributes: [
        [0x3fe0, form, value],
        [0x3fe1, 0x0b, 1],
        [0x03, 0x08, `main.v${i}`],
        [0x02, 0x0a, [0x03, ...address(0x100 + i)]],
        [0x3fe2, form, value],
        [0x49, 0x10, "int"],
      ],
    }));
    // The same on entries that are not looked at, with children to be passed over.
    const passed: EntryRow[] = FORMS.map(([form, value]) => ({
      tag: 0x39,
      attributes: [[0x3fe0, form, value]],
      children: [{ tag: 0x34, attributes: [[0x3fe0, form, value]] }],
    }));
    const info = open(unit([base("int", 2, 4), ...rows, ...passed, ...rows.slice(0, 1)]), machine, { version });
    expect(info.warnings).toEqual([]);
    expect(info.variables.length).toBe(FORMS.length + 1);
    expect(info.variables.at(-1)!.name).toBe(`main.v${FORMS.length - 1}`);
    for (const each of info.variables) expect(each.type.name).toBe("int");
  });

  test("a form told by the value, and sixteen bytes", () => {
    const indirect = [...uleb(0x0b), 5];
    const info = open(
      unit([
        base("int", 2, 8),
        { tag: 0x39, attributes: [[0x3fe0, 0x0a, [0]]] },
        {
          tag: 0x34,
          attributes: [
            [0x3fe0, 0x16, indirect],
            [0x3fe1, 0x1e, new Array<number>(16).fill(9)],
            name("main.x"),
            [0x02, 0x0a, [0x03, ...address(1)]],
            [0x49, 0x16, [0x10, ...fixedBytes(0, 4, machine.bigEndian)]],
          ],
        },
      ]),
      machine,
    );
    expect(info.variables.map((each) => each.name)).toEqual(["main.x"]);
    // A reference to the header of a unit is one to nothing.
    expect(info.variables[0]!.type.name).toBe("?");
  });

  test("a name without end in sight is none", () => {
    const at = (index: number): EntryRow["attributes"][number] => [0x02, 0x0a, [0x03, ...address(index)]];
    const long = { tag: 0x34, attributes: [name(`main.${"x".repeat(70_000)}`), at(0)] };
    const info = open(unit([long, { tag: 0x34, attributes: [name("main.x"), at(1)] }]), machine);
    expect(info.variables.map((each) => each.name)).toEqual(["main.x"]);
    expect(info.warnings).toEqual([expect.stringContaining("a string has no end")]);
  });

  test("addresses by index, with the unit's own base", () => {
    const table = new DwarfBytes(machine).fixed(12, 4).fixed(5, 2).fixed(machine.pointerSize, 1).fixed(0, 1);
    for (const value of [0x100, 0x200, 0x300]) table.address(value);
    const rows = (first: number, ...attributes: EntryRow["attributes"]): EntryRow =>
      unit(
        [
          base("int", 2, 8),
          { tag: 0x2e, attributes: [name(`main.f${first}`), [0x11, 0x1b, first], [0x12, 0x0f, 16]] },
          { tag: 0x2e, attributes: [name(`main.g${first}`), [0x11, 0x29, first + 1], [0x12, 0x0f, 16]] },
          variable(`main.v${first}`, [0x02, 0x18, [0xa1, first]], [0x49, 0x10, "int"]),
        ],
        attributes,
      );
    const info = open([rows(0), rows(1, [0x73, 0x17, 8])], machine, { sections: { addr: table.array } });
    expect(info.warnings).toEqual([]);
    expect(["main.f0", "main.g0", "main.f1", "main.g1"].map((each) => info.entryOf(each))).toEqual([
      0x100, 0x200, 0x200, 0x300,
    ]);
    expect(info.variables.map((each) => each.address)).toEqual([0x100, 0x200]);
  });

  test("texts in other sections", () => {
    const str = new TextEncoder().encode("\0main.a\0main.b\0");
    const offsets = new DwarfBytes(machine).fixed(12, 4).fixed(5, 2).fixed(0, 2).fixed(0, 4).fixed(8, 4).fixed(1, 4);
    const forms: readonly (readonly [number, number])[] = [
      [0x0e, 8],
      [0x1f, 8],
      [0x1a, 1],
      [0x25, 1],
      [0x26, 1],
      [0x27, 1],
      [0x28, 1],
    ];
    const info = open(
      unit(
        forms.map(([form, value], i) => ({
          tag: 0x34,
          attributes: [
            [0x03, form, value],
            [0x02, 0x0a, [0x03, ...address(i)]],
          ],
        })),
        [[0x72, 0x17, 8]],
      ),
      machine,
      { sections: { str, line_str: str, str_offsets: offsets.array } },
    );
    expect(info.warnings).toEqual([]);
    expect(info.variables.map((each) => each.name)).toEqual(forms.map(() => "main.b"));
  });
});

describe("units", () => {
  test("of other compilers are passed over", () => {
    const c = unit([base("char", 6, 1), global("errno", "char", fixedBytes(8, 8, false))], [], "GNU C17 12.2.0 -O2");
    const info = open([c, unit([base("int", 2, 8), global("main.x", "char", fixedBytes(16, 8, false))]), c]);
    expect(info.variables.map((each) => each.name)).toEqual(["main.x"]);
    // References into them are followed.
    expect(info.variables[0]!.type.name).toBe("char");
  });

  test("of nobody but other compilers are no debug information of Go", () => {
    const { info, abbrev } = writeUnits([{ version: 4, root: unit([], [], "GNU AS 2.40") }], AMD64);
    expect(openDebugInfo(debugExecutable({ info, abbrev }, AMD64), NO_DESCRIPTORS)).toBeUndefined();
    expect(openDebugInfo(debugExecutable({}, AMD64), NO_DESCRIPTORS)).toBeUndefined();
  });

  test("of an unknown version, or damaged, cost only themselves", () => {
    const good = (label: string): EntryRow => unit([base("int", 2, 8), global(label, "int", fixedBytes(16, 8, false))]);
    const { info, abbrev, labels } = writeUnits(
      [
        { version: 4, root: good("main.a") },
        { version: 6, root: good("main.b") },
        {
          version: 4,
          root: { ...unit([{ tag: 0x39, label: "damaged", attributes: [name("x")] }, ...good("main.c").children!]) },
        },
        { version: 4, root: good("main.d") },
      ],
      AMD64,
    );
    info[labels.get("damaged")!] = 99;
    const opened = openDebugInfo(debugExecutable({ info, abbrev }, AMD64), NO_DESCRIPTORS)!;
    expect(opened.variables.map((each) => each.name)).toEqual(["main.a", "main.d"]);
    expect(opened.warnings.length).toBe(2);
    expect(opened.warnings[0]).toContain("version 6 of DWARF is unknown");
    expect(opened.warnings[1]).toContain("unknown abbreviation 99");
  });

  test("a length beyond the section ends the list", () => {
    const { info, abbrev } = writeUnits([{ version: 4, root: unit([]) }], AMD64);
    const opened = openDebugInfo(debugExecutable({ info: info.subarray(0, -1), abbrev }, AMD64), NO_DESCRIPTORS)!;
    expect(opened.functionCount).toBe(0);
    expect(opened.warnings).toEqual(["units: section info, byte 0x4: it ends too early"]);
  });

  test("without number and contents are given up in time", () => {
    const begin = performance.now();
    const zeros = { info: new Uint8Array(16 << 20), abbrev: new Uint8Array(1) };
    const opened = openDebugInfo(debugExecutable(zeros, AMD64), NO_DESCRIPTORS)!;
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(opened.functionCount).toBe(0);
    expect(opened.warnings.length).toBe(20);
  });

  test("that share tables without end are refused in time", () => {
    // A thousand units, each with a table that begins a byte further into the same long one.
    const long = unit(
      [],
      Array.from({ length: 5000 }, () => [0x3fe0, 0x19, 0] as const),
      GO,
    );
    const { info, abbrev } = writeUnits([{ version: 4, root: long }], AMD64);
    const many = new Uint8Array(info.length * 1000);
    for (let i = 0; i < 1000; i++) {
      many.set(info, i * info.length);
      new DataView(many.buffer).setUint32(i * info.length + 6, i * 3, true);
    }
    const begin = performance.now();
    openDebugInfo(debugExecutable({ info: many, abbrev }, AMD64), NO_DESCRIPTORS);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});
