/** Damaged debug information: warnings and whatever is left, in bounded time; never an error. */
import { describe, expect, test } from "vitest";
import { type DebugInfo, openDebugInfo, type Type } from "../../../src/binary/index.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import {
  DwarfBytes,
  type DwarfMachine,
  debugExecutable,
  type EntryRow,
  fixedBytes,
  sleb,
  writeUnits,
} from "./dwarf-writer.ts";
import {
  array,
  base,
  closureOffset,
  func,
  global,
  highPc,
  iface,
  location,
  locationList,
  lowPc,
  map,
  name,
  origin,
  parameter,
  pointer,
  ranges,
  slice,
  string,
  struct,
  subprogram,
  type,
  typedef,
  unit,
  unsafePointer,
  variable,
} from "./go-entries.ts";

type Sections = Record<string, Uint8Array>;

function writeSections(machine: DwarfMachine, version: number): Sections {
  const word = machine.pointerSize;
  const address = (value: number): number[] => fixedBytes(value, word, machine.bigEndian);
  const inlined: EntryRow = {
    tag: 0x2e,
    label: "inlined",
    attributes: [name("main.inlined"), [0x20, 0x0b, 1]],
    children: [{ ...parameter("n", type("*main.node")), label: "inlined n" }],
  };
  const children: EntryRow[] = [
    base("int", 2, word),
    string(word),
    unsafePointer,
    pointer("*int", "int"),
    pointer("*main.node", "main.node"),
    ...struct("runtime.eface", 2 * word, [
      ["_type", "*int", 0],
      ["data", "unsafe.Pointer", word],
    ]),
    iface("interface {}", "runtime.eface"),
    slice("[]int", "int", word),
    array("[4]string", "string", 4, 8 * word),
    pointer("*hash<string,int>", "main.node"),
    map("map[string]int", "string", "int", "*hash<string,int>"),
    func("func(int, string) int", word, ["int", "string"], ["int"]),
    ...struct("main.node", 16 * word, [
      ["next", "*main.node", 0],
      ["m", "map[string]int", word],
      ["names", "[4]string", 2 * word],
      ["any", "interface {}", 10 * word],
      ["list", "[]int", 12 * word],
      ["f", "func(int, string) int", 15 * word],
    ]),
    typedef(".param0", "main.node", [[0x2906, 0x0f, 0]]),
    global("main.root", "*main.node", address(0x8000)),
    global("main.nodes", "main.node", address(0x9000)),
    inlined,
    subprogram("main.f", 0x1000, 0x1100, [
      parameter("a", type("string"), location([0x9c])),
      variable("b", type("main.node"), locationList(0)),
      variable("c", type(".param0"), closureOffset(8), location([0x91, ...sleb(-200), 0x93, 8, 0x50, 0x93, 8])),
      {
        tag: 0x1d,
        attributes: [origin("inlined"), ranges(0), [0x58, 0x06, 1]],
        children: [{ tag: 0x05, attributes: [origin("inlined n"), locationList(0)] }],
      },
      { tag: 0x0b, attributes: [lowPc(0x1000), highPc(0x1080)], children: [variable("d", type("*int"))] },
    ]),
    { tag: 0x2e, attributes: [name("main.g"), [0x11, 0x1b, 1], [0x12, 0x0f, 64]], children: [] },
  ];
  const root = (): EntryRow => unit(children, [lowPc(0x1000), [0x73, 0x17, 8]]);
  const { info, abbrev } = writeUnits(
    [
      { version, root: root() },
      { version: 4, root: unit([], [], "GNU C17") },
      { version, root: root() },
    ],
    machine,
  );
  const pairs = new DwarfBytes(machine).address(0).address(0x80);
  const pairsOfLocations = new DwarfBytes(machine).address(0).address(0x80).fixed(2, 2).raw([0x91, 0x70]);
  const addr = new DwarfBytes(machine).fixed(12, 4).fixed(5, 4).address(0x1000).address(0x2000);
  return {
    info,
    abbrev,
    addr: addr.array,
    ranges: pairs.address(0).address(0).array,
    loc: pairsOfLocations.address(0).address(0).array,
    rnglists: Uint8Array.from([1, 0, 4, 0, 0x80, 1, 0]),
    loclists: Uint8Array.from([1, 0, 4, 0, 0x80, 1, 2, 0x91, 0x70, 0]),
  };
}

/** Does everything that can be done with debug information. Gives how much it found. */
function exhaust(info: DebugInfo | undefined): number {
  if (!info) return 0;
  const seen = new Set<Type>();
  const visit = (found: Type | undefined): number => {
    if (!found || seen.has(found) || seen.size > 200) return 0;
    seen.add(found);
    let sum = found.name.length + found.string.length + found.pointers.words.length + found.pointerBytes + found.align;
    sum += found.length + found.methodCount + found.packagePath.length + Number(found.isDirect) + found.chanDir;
    for (const each of [found.elem, found.key, found.group, ...found.in, ...found.out]) sum += visit(each);
    for (const field of found.fields) sum += field.name.length + visit(field.type);
    return sum;
  };
  let found = info.functionCount + info.warnings.length + info.version;
  for (const each of info.variables) found += each.name.length + visit(each.type);
  const entries = ["main.f", "main.g", "main.inlined"].map((each) => info.entryOf(each) ?? 0);
  for (const entry of new Set([...entries, 0x1000])) {
    for (const pc of [entry, entry + 0x40, entry + 0xff]) {
      for (const local of info.localsAt(entry, pc))
        found += local.pieces.length + local.function.length + visit(local.type);
    }
    for (const captured of info.capturedBy(entry)) found += captured.offset + visit(captured.type);
  }
  expect(info.warnings.length).toBeLessThanOrEqual(20);
  return found;
}

const MACHINES = [
  { pointerSize: 8, bigEndian: false },
  { pointerSize: 4, bigEndian: true },
] as const;

describe.each(MACHINES)("$pointerSize bytes", (machine) => {
  describe.each([4, 5])("DWARF %i", (version) => {
    const sections = writeSections(machine, version);
    const open = (damaged: Sections): number =>
      exhaust(openDebugInfo(debugExecutable(damaged, machine), { typeAt: () => undefined }));

    test("undamaged", () => {
      const info = openDebugInfo(debugExecutable(sections, machine), { typeAt: () => undefined })!;
      expect(exhaust(info)).toBeGreaterThan(300);
      expect(info.warnings).toEqual([]);
      expect(info.localsAt(0x1000, 0x1010).map((each) => each.pieces.length)).toEqual([1, 1, 1, 1, 0]);
    });

    test("every section cut at every length, or missing", () => {
      for (const [key, bytes] of Object.entries(sections)) {
        for (let length = 0; length < bytes.length; length += key === "info" ? 7 : 3) {
          open({ ...sections, [key]: bytes.subarray(0, length) });
        }
        const { [key]: _, ...others } = sections;
        open(others);
      }
    });

    test("bytes replaced", { timeout: 60_000 }, () => {
      const random = seededRandom(version * 10 + machine.pointerSize);
      const values = [0, 1, 0x7f, 0x80, 0xff];
      let results = 0;
      // What the version does not read is not worth damaging, and most is in the first two.
      const keys = [
        "info",
        "info",
        "info",
        "abbrev",
        ...(version === 5 ? ["addr", "rnglists", "loclists"] : ["ranges", "loc"]),
      ];
      for (let round = 0; round < 600; round++) {
        const key = keys[random(keys.length)]!;
        const damaged = sections[key]!.slice();
        for (let k = random(4); k >= 0; k--) {
          damaged[random(damaged.length)] = random(2) === 0 ? random(256) : values[random(values.length)]!;
        }
        try {
          if (open({ ...sections, [key]: damaged }) > 0) results++;
        } catch (error) {
          throw new Error(`round ${round}, section ${key}`, { cause: error });
        }
      }
      expect(results).toBeGreaterThan(400);
    });

    test("runs of noise", { timeout: 60_000 }, () => {
      const random = seededRandom(version * 100 + machine.pointerSize);
      for (let round = 0; round < 200; round++) {
        const damaged = sections.info!.slice();
        const start = random(damaged.length);
        for (let i = start; i < Math.min(damaged.length, start + 40); i++) damaged[i] = random(256);
        const abbrev = sections.abbrev!.slice();
        if (random(2) === 0) abbrev[random(abbrev.length)] = random(256);
        try {
          open({ ...sections, info: damaged, abbrev });
        } catch (error) {
          throw new Error(`round ${round}`, { cause: error });
        }
      }
    });
  });
});
