/** Debug sections of ELF, packed in every way that linkers and objcopy have. */
import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Executable, openExecutable } from "../../../src/binary/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { sampleBytes, zstdFrame } from "../../io/packing/compressed.ts";
import { type Machine, Memory } from "../memory.ts";
import { writeElf } from "./elf/elf-writer.ts";

const CONTENTS = sampleBytes(10_000);
const COMPRESSED = 0x800;
const MACHINES = [
  { pointerSize: 8, bigEndian: false, machine: 62 },
  { pointerSize: 4, bigEndian: true, machine: 8 },
] as const;

/** A file whose .debug_info has a compression header and `packed`. */
function open(
  { machine, ...order }: Machine & { readonly machine: number },
  type: number,
  packed: Uint8Array,
  size: number,
): Executable {
  const wide = order.pointerSize === 8;
  const section = new Memory(0, order);
  section.allocate(wide ? 24 : 12);
  section.setUint32(0, type);
  section.setWords(wide ? 8 : 4, [size, 1]);
  section.add(packed);
  const text = { address: 0x10_0000, bytes: new Uint8Array(64), executable: true };
  const data = { address: 0x20_0000, bytes: section.bytes };
  return openExecutable(
    memorySource(
      writeElf({
        ...order,
        machine,
        segments: [text, data],
        sections: [{ name: ".debug_info", address: 0x20_0000, size: section.bytes.length, flags: COMPRESSED }],
      }),
      "server",
    ),
  );
}

describe.each(MACHINES)("$pointerSize bytes", (machine) => {
  test.each([
    ["zlib", 1, deflateSync(CONTENTS)],
    ["zstd", 2, zstdFrame(CONTENTS)],
  ])("%s", (_, type, packed) => {
    expect(Buffer.compare(open(machine, type, packed, CONTENTS.length).debugSection("info")!, CONTENTS)).toBe(0);
    expect(open(machine, type, packed, 0).debugSection("info")).toEqual(new Uint8Array(0));
    const cut = open(machine, type, packed.subarray(0, 40), CONTENTS.length);
    expect(() => cut.debugSection("info")).toThrow("section .debug_info cannot ");
    const huge = open(machine, type, packed, 2 ** 31 - 1);
    expect(() => huge.debugSection("info")).toThrow("section .debug_info cannot unpack to 2147483647 bytes");
    expect(huge.unpackedDebugSize("info")).toBe(2 ** 31 - 1);
    expect(huge.unpackedDebugSize("abbrev")).toBe(0);
  });

  test("an unknown way is said", () => {
    expect(() => open(machine, 3, CONTENTS, CONTENTS.length).debugSection("info")).toThrow(
      "section .debug_info has the unknown compression 3",
    );
  });
});
