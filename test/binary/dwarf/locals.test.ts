/** Local variables: scopes, inlined functions, location expressions, and every kind of list, at given PCs. */
import { describe, expect, test } from "vitest";
import { type DebugInfo, type DebugLocal, openDebugInfo } from "../../../src/binary/index.ts";
import {
  type AttributeRow,
  DwarfBytes,
  type DwarfMachine,
  debugExecutable,
  type EntryRow,
  fixedBytes,
  sleb,
  uleb,
  writeUnits,
} from "./dwarf-writer.ts";
import {
  base,
  closureOffset,
  GO,
  highPc,
  location,
  locationList,
  lowPc,
  name,
  origin,
  parameter,
  pointer,
  ranges,
  slice,
  string,
  subprogram,
  type,
  unit,
  variable,
} from "./go-entries.ts";

const AMD64 = { pointerSize: 8, bigEndian: false } as const;
const MACHINES = [
  AMD64,
  { pointerSize: 8, bigEndian: true },
  { pointerSize: 4, bigEndian: false },
  { pointerSize: 4, bigEndian: true },
] as const;

const ENTRY = 0x1000;
const END = 0x1100;
const fbreg = (offset: number): number[] => [0x91, ...sleb(offset)];
const piece = (bytes: number): number[] => [0x93, bytes];
const CFA = 0x9c;
const RAX = 0x50;

function types(word: number): EntryRow[] {
  return [base("int", 2, word), string(word), slice("[]int", "int", word), pointer("*int", "int")];
}

function open(
  children: readonly EntryRow[],
  machine: DwarfMachine = AMD64,
  options: {
    readonly version?: number;
    readonly sections?: Readonly<Record<string, Uint8Array>>;
    readonly unit?: readonly AttributeRow[];
    readonly outer?: readonly EntryRow[];
    readonly frameBase?: readonly number[];
  } = {},
): DebugInfo {
  const { version = 4, sections = {}, outer = [], frameBase = [CFA] } = options;
  const entries = [
    ...types(machine.pointerSize),
    ...outer,
    subprogram("main.other", END, END + 1, []),
    subprogram("main.f", ENTRY, END, children, frameBase),
    subprogram("main.empty", 0x800, 0x900, [parameter("never", type("int"))]),
  ];
  const { info, abbrev } = writeUnits([{ version, root: unit(entries, options.unit ?? [], GO) }], machine);
  const opened = openDebugInfo(debugExecutable({ info, abbrev, ...sections }, machine), { typeAt: () => undefined });
  if (!opened) throw new Error("there is no debug information of Go");
  return opened;
}

const describeLocal = (local: DebugLocal): string => {
  const pieces = local.pieces.map((each) => `${each.offset}+${each.size}@${each.frameOffset}`);
  return [local.name, ...pieces].join(" ");
};
const at = (info: DebugInfo, pc: number): string[] => info.localsAt(ENTRY, pc).map(describeLocal);

describe("scopes", () => {
  test("parameters and variables of the function itself", () => {
    const info = open([
      parameter("text", type("string"), location([CFA])),
      variable("count", type("int"), location(fbreg(-24))),
      variable("gone", type("*int")),
    ]);
    expect(at(info, ENTRY)).toEqual(["text 0+16@0", "count 0+8@-24", "gone"]);
    const [text, count] = info.localsAt(ENTRY, ENTRY);
    expect([text!.isParameter, text!.type.name, text!.function, text!.isInlined]).toEqual([
      true,
      "string",
      "main.f",
      false,
    ]);
    expect([count!.isParameter, count!.type.name]).toEqual([false, "int"]);
    expect(info.warnings).toEqual([]);
  });

  test("another function's entry, or an address within one, has none", () => {
    const info = open([variable("x", type("int"))]);
    expect(info.localsAt(END, END)).toEqual([]);
    expect(info.localsAt(ENTRY + 1, ENTRY + 1)).toEqual([]);
    expect(info.localsAt(0, 0)).toEqual([]);
    expect(at(info, ENTRY)).toEqual(["x"]);
  });

  test("blocks by their addresses, in one another", () => {
    const block = (low: number, high: number, ...children: readonly EntryRow[]): EntryRow => ({
      tag: 0x0b,
      attributes: [lowPc(low), highPc(high)],
      children,
    });
    const info = open([
      block(0x1010, 0x1020, variable("a", type("int")), block(0x1018, 0x1020, variable("b", type("int")))),
      block(0x1018, 0x1040, variable("c", type("int"))),
      variable("d", type("int")),
    ]);
    expect(at(info, 0x100f)).toEqual(["d"]);
    expect(at(info, 0x1010)).toEqual(["a", "d"]);
    expect(at(info, 0x1018)).toEqual(["a", "b", "c", "d"]);
    expect(at(info, 0x1020)).toEqual(["c", "d"]);
    expect(at(info, 0x1040)).toEqual(["d"]);
  });

  test("a length in the place of the end", () => {
    const inline: EntryRow = {
      tag: 0x1d,
      attributes: [origin("inlined"), lowPc(0x1010), [0x12, 0x0f, 0x10]],
      children: [{ tag: 0x05, attributes: [origin("inlined n"), location(fbreg(-8))] }],
    };
    const inlined: EntryRow = {
      tag: 0x2e,
      label: "inlined",
      attributes: [name("main.inlined"), [0x20, 0x0b, 1]],
      children: [{ ...parameter("n", type("*int")), label: "inlined n" }],
    };
    const info = open([inline, variable("own", type("int"))], AMD64, { outer: [inlined] });
    expect(at(info, 0x101f)).toEqual(["n 0+8@-8", "own"]);
    expect(at(info, 0x1020)).toEqual(["own"]);
    const [n, own] = info.localsAt(ENTRY, 0x1010);
    expect([n!.function, n!.isInlined, n!.isParameter, n!.type.name]).toEqual(["main.inlined", true, true, "*int"]);
    expect(own!.function).toBe("main.f");
  });

  test("an instance of its own of an inlined function has its names", () => {
    const inlined: EntryRow = {
      tag: 0x2e,
      label: "inlined",
      attributes: [name("main.inlined"), [0x20, 0x0b, 1]],
      children: [{ ...parameter("n", type("*int")), label: "inlined n" }],
    };
    const instance: EntryRow = {
      tag: 0x2e,
      attributes: [origin("inlined"), lowPc(0x3000), highPc(0x3010), [0x40, 0x0a, [CFA]]],
      children: [{ tag: 0x05, attributes: [origin("inlined n"), location([CFA])] }],
    };
    const info = open([], AMD64, { outer: [inlined, instance] });
    const locals = info.localsAt(info.entryOf("main.inlined")!, 0x3000);
    expect(locals.map((each) => [describeLocal(each), each.function])).toEqual([["n 0+8@0", "main.inlined"]]);
  });

  test("closures", () => {
    const info = open([
      variable("late", type("string"), closureOffset(16)),
      variable("&n", type("*int"), closureOffset(8), location(fbreg(-8))),
      variable("own", type("int")),
      {
        tag: 0x0b,
        attributes: [lowPc(ENTRY), highPc(END)],
        children: [variable("nested", type("int"), closureOffset(32))],
      },
      {
        tag: 0x1d,
        attributes: [lowPc(ENTRY), highPc(END)],
        children: [variable("other's", type("int"), closureOffset(8))],
      },
    ]);
    expect(info.capturedBy(ENTRY).map((each) => [each.name, each.offset, each.type.name])).toEqual([
      ["&n", 8, "*int"],
      ["late", 16, "string"],
      ["nested", 32, "int"],
    ]);
    expect(info.capturedBy(END)).toEqual([]);
    expect(info.capturedBy(ENTRY + 1)).toEqual([]);
  });
});

describe("expressions", () => {
  const pieces = (bytes: readonly number[], label = "int", frameBase?: readonly number[]): string =>
    at(open([variable("x", type(label), location(bytes))], AMD64, frameBase ? { frameBase } : {}), ENTRY)[0]!;

  test.each<readonly [string, readonly number[], string]>([
    ["frame base", fbreg(-1000), "x 0+8@-1000"],
    ["frame address", [CFA], "x 0+8@0"],
    ["frame address, constant, plus", [CFA, 0x11, ...sleb(-16), 0x22], "x 0+8@-16"],
    ["frame address plus an unsigned constant", [CFA, 0x23, ...uleb(300)], "x 0+8@300"],
    ["constant plus frame address", [0x10, ...uleb(200), CFA, 0x22], "x 0+8@200"],
    ["minus", [CFA, 0x38, 0x1c], "x 0+8@-8"],
    ["one byte", [CFA, 0x09, 0xf8, 0x22, 0x08, 4, 0x22], "x 0+8@-4"],
    ["two bytes", [CFA, 0x0b, 0xfc, 0xff, 0x22, 0x0a, 0, 1, 0x22], "x 0+8@252"],
    ["four bytes", [CFA, 0x0d, 0xfc, 0xff, 0xff, 0xff, 0x22, 0x0c, 0, 0, 1, 0, 0x22], "x 0+8@65532"],
    [
      "eight bytes",
      [CFA, 0x0f, 0xf0, ...new Array<number>(7).fill(0xff), 0x22, 0x0e, 1, ...new Array<number>(7).fill(0), 0x22],
      "x 0+8@-15",
    ],
    ["nothing before", [0x96, CFA], "x 0+8@0"],
    ["a register", [RAX], "x"],
    ["a register by number", [0x90, ...uleb(40)], "x"],
    ["memory at a register", [0x77, ...sleb(-8)], "x"],
    ["memory at a register by number", [0x92, ...uleb(40), ...sleb(-8)], "x"],
    ["memory a slot points to", [...fbreg(-8), 0x06], "x"],
    ["a global", [0x03, ...fixedBytes(0x4000, 8, false)], "x"],
    ["a constant", [0x10, 5, 0x9f], "x"],
    ["its bytes", [0x9e, 2, 1, 2], "x"],
    ["twice the frame address", [CFA, CFA, 0x22], "x"],
    ["nothing", [], "x"],
  ])("%s", (_, bytes, expected) => {
    expect(pieces(bytes)).toBe(expected);
  });

  test("pieces: what is in memory, of what is split", () => {
    const split = [...fbreg(-24), ...piece(8), RAX, ...piece(8), ...piece(4), ...fbreg(-8), ...piece(4)];
    expect(pieces(split, "[]int")).toBe("x 0+8@-24 20+4@-8");
    expect(pieces([CFA, ...piece(8), ...fbreg(8), ...piece(8)], "string")).toBe("x 0+8@0 8+8@8");
    expect(pieces([...piece(8)], "int")).toBe("x");
  });

  test("another frame base than the frame address", () => {
    expect(pieces(fbreg(-8), "int", [0x56])).toBe("x");
    expect(pieces([CFA], "int", [0x56])).toBe("x 0+8@0");
  });

  test("what cannot be followed ends it, with a warning", () => {
    const of = (...bytes: readonly number[]): readonly string[] => {
      const info = open([variable("x", type("string"), location(bytes)), variable("y", type("int"), location([CFA]))]);
      return [...at(info, ENTRY), ...info.warnings];
    };
    expect(of(CFA, ...piece(8), 0x97)).toEqual([
      "x 0+8@0",
      "y 0+8@0",
      "locations with the operation 0x97 are not followed",
    ]);
    expect(of(0x22)[0]).toBe("x");
    expect(of(0x22)[2]).toContain("an expression takes what is not there");
    expect(of(0x91)[2]).toContain("it ends too early");
    expect(of(...new Array<number>(100).fill(CFA))[2]).toContain("an expression is too long");
  });
});

describe.each(MACHINES)("lists: $pointerSize bytes, big-endian: $bigEndian", (machine) => {
  const { pointerSize } = machine;
  const largest = pointerSize === 8 ? -1 : 0xffffffff;

  test("of DWARF 4: pairs, and other bases", () => {
    const loc = new DwarfBytes(machine);
    const entry = (low: number, high: number, expression: readonly number[]): void => {
      loc.address(low).address(high).fixed(expression.length, 2).raw(expression);
    };
    loc.raw([9, 9, 9]);
    const first = loc.length;
    // From the unit's own base; then from others.
    entry(0, 0x10, [CFA]);
    entry(0x10, 0x10, [RAX]);
    loc.address(largest).address(0x1020);
    entry(0, 0x10, fbreg(-8));
    loc.address(largest).address(0);
    entry(0x1030, 0x1040, [RAX]);
    loc.address(0).address(0);
    entry(0x1000, 0x2000, fbreg(-99));
    const info = open([variable("x", type("int"), locationList(first))], machine, {
      sections: { loc: loc.array },
      unit: [lowPc(ENTRY)],
    });
    const word = `0+${pointerSize}`;
    expect([0x1000, 0x100f, 0x1010, 0x1020, 0x102f, 0x1030, 0x1040].map((pc) => at(info, pc)[0])).toEqual([
      `x ${word}@0`,
      `x ${word}@0`,
      "x",
      `x ${word}@-8`,
      `x ${word}@-8`,
      "x",
      "x",
    ]);
    expect(info.warnings).toEqual([]);
  });

  test("of DWARF 4: ranges of scopes", () => {
    const list = new DwarfBytes(machine).address(0x10).address(0x20).address(largest).address(0x2000);
    list.address(0).address(0x10).address(0).address(0).address(0).address(0xffff);
    const info = open([{ tag: 0x0b, attributes: [ranges(0)], children: [variable("x", type("int"))] }], machine, {
      sections: { ranges: list.array },
      unit: [lowPc(ENTRY)],
    });
    expect([0x100f, 0x1010, 0x101f, 0x1020, 0x1fff, 0x2000, 0x200f, 0x2010].map((pc) => at(info, pc).length)).toEqual([
      0, 1, 1, 0, 0, 1, 1, 0,
    ]);
  });

  const addr = new DwarfBytes(machine).fixed(12, 4).fixed(5, 2).fixed(pointerSize, 1).fixed(0, 1);
  for (const address of [0x1000, 0x1010, 0x1040, 0x1050]) addr.address(address);

  /** All kinds that have addresses, each of 16 bytes from 0x1000 on, as bytes of location lists; numbers of DW_RLE_* differ. */
  const kinds = (expression: (index: number) => readonly number[], numbers: readonly number[]): number[] => [
    ...[numbers[3]!, ...uleb(0), ...uleb(0x10), ...expression(0)],
    ...[numbers[1]!, ...uleb(1), numbers[4]!, ...uleb(0), ...uleb(0x10), ...expression(1)],
    ...[numbers[6]!, ...fixedBytes(0x1000, pointerSize, machine.bigEndian)],
    ...[numbers[4]!, ...uleb(0x20), ...uleb(0x30), ...expression(2)],
    ...[numbers[7]!, ...fixedBytes(0x1030, pointerSize, machine.bigEndian)],
    ...[...fixedBytes(0x1040, pointerSize, machine.bigEndian), ...expression(3)],
    ...[numbers[2]!, ...uleb(2), ...uleb(3), ...expression(4)],
    ...[numbers[8]!, ...fixedBytes(0x1050, pointerSize, machine.bigEndian), ...uleb(0x10), ...expression(5)],
  ];
  const LOCATIONS = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const RANGES = [0, 1, 2, 3, 4, -1, 5, 6, 7];

  test("of DWARF 5: locations of every kind, by offset and by index", () => {
    const expression = (index: number): number[] => [2, ...fbreg(-8 - index)];
    const list = [9, ...uleb(1), ...uleb(2), ...kinds(expression, LOCATIONS), 5, 1, CFA, 0];
    const loclists = new DwarfBytes(machine)
      .raw(new Array<number>(12).fill(0))
      .fixed(8, 4)
      .fixed(9, 4)
      .raw([0])
      .raw(list);
    const info = open(
      [
        variable("x", type("int"), locationList(21)),
        variable("y", type("int"), [0x02, 0x22, 1]),
        variable("z", type("int"), [0x02, 0x22, 0]),
      ],
      machine,
      { version: 5, sections: { addr: addr.array, loclists: loclists.array }, unit: [lowPc(0x1000)] },
    );
    for (const [pc, offset] of [
      [0x1000, -8],
      [0x100f, -8],
      [0x1010, -9],
      [0x1020, -10],
      [0x1030, -11],
      [0x1040, -12],
      [0x1050, -13],
      [0x105f, -13],
      [0x1060, 0],
    ] as const) {
      const found = `0+${pointerSize}@${offset}`;
      expect(at(info, pc), pc.toString(16)).toEqual([`x ${found}`, `y ${found}`, "z"]);
    }
    expect(info.warnings).toEqual([]);
  });

  test("of DWARF 5: ranges of every kind, by offset and by index", () => {
    const list = [...kinds(() => [], RANGES).map((byte) => byte), 0];
    const lists = new DwarfBytes(machine).raw(new Array<number>(12).fill(0)).fixed(4, 4).raw(list);
    const scope = (attribute: AttributeRow, label: string): EntryRow => ({
      tag: 0x0b,
      attributes: [attribute],
      children: [variable(label, type("int"))],
    });
    const info = open([scope(ranges(16), "x"), scope([0x55, 0x23, 0], "y")], machine, {
      version: 5,
      sections: { addr: addr.array, rnglists: lists.array },
    });
    for (let pc = 0x1000; pc < 0x1060; pc += 8) expect(at(info, pc), pc.toString(16)).toEqual(["x", "y"]);
    expect(at(info, 0x1060)).toEqual([]);
    expect(at(info, 0xfff)).toEqual([]);
    expect(info.warnings).toEqual([]);
  });
});

describe("damage", () => {
  test("lists that are not there, do not end, or have unknown entries", () => {
    const of = (sections: Readonly<Record<string, Uint8Array>>, version: number): readonly string[] => {
      const info = open(
        [variable("x", type("int"), locationList(2)), variable("y", type("int"), location([CFA]))],
        AMD64,
        { version, sections },
      );
      return [...at(info, ENTRY), ...info.warnings];
    };
    expect(of({}, 4)).toEqual(["x", "y 0+8@0", expect.stringContaining("section loc, byte 0x0: there is no byte 2")]);
    expect(of({}, 5)).toEqual(["x", "y 0+8@0", expect.stringContaining("section loclists")]);
    expect(of({ loc: new Uint8Array(40).fill(1) }, 4)[2]).toContain("it ends too early");
    expect(of({ loclists: Uint8Array.of(0, 0, 77) }, 5)[2]).toContain("an entry of the unknown kind 77");
    expect(of({ loclists: Uint8Array.of(0, 0, 1, 200, 1) }, 5)[2]).toContain("section addr");
  });

  test("a scope whose ranges are damaged ends the function", () => {
    const info = open([
      variable("x", type("int")),
      { tag: 0x0b, attributes: [ranges(99)], children: [variable("y", type("int"))] },
      variable("z", type("int")),
    ]);
    expect(at(info, ENTRY)).toEqual(["x"]);
    expect(info.warnings).toEqual([expect.stringContaining("a function's variables are incomplete: section ranges")]);
  });

  test("instances of one another have no name", () => {
    const circle: EntryRow[] = [
      { tag: 0x34, label: "a", attributes: [origin("b")] },
      { tag: 0x34, label: "b", attributes: [origin("a")] },
    ];
    expect(at(open([...circle, variable("x", type("int"))]), ENTRY)).toEqual(["x"]);
  });

  test("scopes nested without end, and a list that all variables share, take bounded time", () => {
    let nest: EntryRow[] = [variable("x", type("int"))];
    for (let i = 0; i < 1500; i++) nest = [{ tag: 0x0b, attributes: [lowPc(ENTRY), highPc(END)], children: nest }];
    expect(at(open(nest), ENTRY)).toEqual(["x"]);
    const loclists = new Uint8Array(3 << 19);
    for (let i = 0; i < loclists.length; i += 3) loclists[i] = 9;
    const many = Array.from({ length: 2000 }, (_, i) => variable(`v${i}`, type("int"), locationList(0)));
    const info = open(many, AMD64, { version: 5, sections: { loclists } });
    const begin = performance.now();
    expect(at(info, ENTRY).length).toBe(2000);
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(info.warnings.length).toBeLessThanOrEqual(20);
  });
});
