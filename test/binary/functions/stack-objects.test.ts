/** The table of a function's stack objects, as the linker of Go 1.20 and later writes it. */
import { expect, it } from "vitest";
import { Image } from "../../../src/binary/containers/image.ts";
import { readStackObjects } from "../../../src/binary/functions/stack-objects.ts";
import type { ModuleData } from "../../../src/binary/module/module-data.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";

/** Where the function's record is, behind its entry; its tables; what they tell; and the masks. */
const [BASE, FUNC, TABLE, MASKS] = [0x10000, 0, 0x100, 0x800];
const FUNC_SIZE = 40;
const FRAME_SIZE = 64;

type Row = readonly [offset: number, size: number, pointerBytes: number];

/** Reads the rows of a table whose masks say that every word is a pointer. */
function read(rows: readonly Row[], frameSize = FRAME_SIZE) {
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  // Three funcdata, of which the last is asked for.
  view.setUint8(FUNC + 39, 3);
  for (const [i, offset] of [0xffff_ffff, 0xffff_ffff, TABLE].entries()) {
    view.setUint32(FUNC + FUNC_SIZE + 4 * i, offset, true);
  }
  view.setUint32(TABLE, rows.length, true);
  for (const [i, [offset, size, pointerBytes]] of rows.entries()) {
    const at = TABLE + 8 + 16 * i;
    view.setInt32(at, offset, true);
    view.setInt32(at + 4, size, true);
    view.setInt32(at + 8, pointerBytes, true);
    view.setUint32(at + 12, MASKS, true);
  }
  bytes.fill(0xff, MASKS);
  const segment = { address: BASE, memorySize: bytes.length, position: 0, fileSize: bytes.length };
  const image = new Image(
    memorySource(bytes, "program"),
    [{ ...segment, writable: false, executable: false }],
    { pointerSize: 8, bigEndian: false },
    () => {},
  );
  const module = { minMinor: 20, gofunc: BASE, rodata: BASE } as Partial<ModuleData> as ModuleData;
  return readStackObjects(image, module, 24, BASE + FUNC, frameSize).map(({ offset, size, pointers }) => [
    offset,
    size,
    [...pointers],
  ]);
}

it("has the local variables, in order, and no arguments", () => {
  const locals = [
    [-64, 24, 16],
    [-40, 8, 8],
  ] as const;
  expect(read([...locals, [0, 16, 16], [16, 8, 8]])).toEqual([
    [-64, 24, [0, 8]],
    [-40, 8, [0]],
  ]);
});

it("has none that is not in the frame, or is larger than what is left of it", () => {
  expect(
    read([
      [-72, 8, 8],
      [-64, 72, 8],
      [-32, 8, 8],
    ]),
  ).toEqual([[-32, 8, [0]]]);
});

it("is damaged where variables overlap, or are in no order: the same words are not read over and over", () => {
  expect(read(Array.from({ length: 100 }, () => [-64, 64, 64] as const))).toEqual([]);
  expect(
    read([
      [-32, 8, 8],
      [-64, 8, 8],
    ]),
  ).toEqual([]);
});
