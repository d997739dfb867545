/** Debug information of a size that no compiler writes: none of it is used, and that is said. */
import { expect, test, vi } from "vitest";
import { type DescriptorSource, type Executable, openDebugInfo } from "../../../src/binary/index.ts";
import { debugExecutable, writeUnits } from "./dwarf-writer.ts";
import { GO, subprogram, unit } from "./go-entries.ts";

vi.setConfig({ testTimeout: 60_000 });

const NO_DESCRIPTORS: DescriptorSource = { typeAt: () => undefined };
const AMD64 = { pointerSize: 8, bigEndian: false } as const;
const UNITS = 1 << 18;
const ROWS = 1 << 21;

/** What `piece` is, so many times. */
function repeat(piece: readonly number[], count: number): Uint8Array {
  const bytes = new Uint8Array(piece.length * count);
  for (let at = 0; at < bytes.length; at += piece.length) bytes.set(piece, at);
  return bytes;
}

function expectNone(executable: Executable, warning: string): void {
  const debug = openDebugInfo(executable, NO_DESCRIPTORS)!;
  expect(debug.warnings).toEqual([`debug information is left out: ${warning}`]);
  expect(debug.functionCount).toBe(0);
  expect(debug.variables).toEqual([]);
}

test("sections that would unpack to more than 1 GiB together are not unpacked", () => {
  const root = unit([subprogram("main.main", 0x1000, 0x1100, [])]);
  const { info, abbrev } = writeUnits([{ version: 4, root }], AMD64);
  const executable = debugExecutable({ info, abbrev }, AMD64);
  let unpacked = 0;
  const claiming = (size: number): Executable => ({
    ...executable,
    unpackedDebugSize: (name) => (name === "info" || name === "str" ? size : 0),
    debugSection(name) {
      unpacked++;
      return executable.debugSection(name);
    },
  });
  expect(openDebugInfo(claiming(2 ** 29), NO_DESCRIPTORS)!.functionCount).toBe(1);
  unpacked = 0;
  expectNone(claiming(2 ** 29 + 1), "its sections unpack to 1073741826 bytes, which is more than is read");
  expect(unpacked).toBe(0);
});

test("more units than any program has", () => {
  // Of DWARF 4, with a header and nothing else.
  const info = repeat([7, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8], UNITS + 1);
  expectNone(debugExecutable({ info, abbrev: new Uint8Array(1) }, AMD64), "it has more than 262144 units");
});

test("more functions than any program has", () => {
  // A unit whose root has its producer and children, each with an address.
  const abbrev = Uint8Array.from([1, 0x11, 1, 0x25, 0x08, 0, 0, 2, 0x2e, 0, 0x11, 0x01, 0, 0, 0]);
  const functions = repeat([2, 1, 2, 3, 4, 5, 6, 7, 8], ROWS + 1);
  const root = [1, ...new TextEncoder().encode(GO), 0];
  const info = new Uint8Array(11 + root.length + functions.length + 1);
  const view = new DataView(info.buffer);
  view.setUint32(0, info.length - 4, true);
  view.setUint16(4, 4, true);
  info[10] = 8;
  info.set(root, 11);
  info.set(functions, 11 + root.length);
  expectNone(debugExecutable({ info, abbrev }, AMD64), "it has more than 2097152 functions or variables");
});
