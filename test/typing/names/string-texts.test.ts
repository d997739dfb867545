import { describe, expect, test } from "vitest";
import { type Heap, StringTexts, TypeKind } from "../../../src/index.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

/** What a test draws: slots of bytes, and the headers of strings that refer to them. */
interface Slot {
  readonly size: number;
  readonly bytes: Uint8Array;
  /** Pairs of offset in the slot and length. */
  readonly strings: readonly (readonly [number, number])[];
}

const encode = (text: string) => new TextEncoder().encode(text);

/** A heap of the slots, each followed by a struct of all string headers that refer to it. */
function heapOf(slots: readonly Slot[]): Heap {
  const objects: { size: number; bytes: Uint8Array; isString: boolean; position: number }[] = [];
  const drawn = drawHeap((s) => {
    let address = 0xc000010000;
    for (const { size, bytes, strings } of slots) {
      const slot = s.object({ type: "string", size, address });
      const headers = new DataView(new ArrayBuffer(Math.max(16, 16 * strings.length)));
      const holder = s.object({ type: "main.Holder", size: headers.byteLength, address: address + 2 ** 21 });
      for (const [i, [inside, length]] of strings.entries()) {
        headers.setBigUint64(16 * i, BigInt(address + inside), true);
        headers.setBigUint64(16 * i + 8, BigInt(length), true);
        s.pointer(holder, slot, 16 * i);
      }
      objects.push({ size, bytes, isString: true, position: 0 });
      objects.push({ size: headers.byteLength, bytes: new Uint8Array(headers.buffer), isString: false, position: 0 });
      address += 2 ** 22;
    }
  });
  let end = 1000;
  for (const object of objects) {
    object.position = end;
    end += object.size;
  }
  const dump = new Uint8Array(end);
  for (const { bytes, position } of objects) dump.set(bytes, position);
  const interiors = slots.flatMap(({ strings }) => strings.map(([inside]) => inside));
  const interiorEdge = Uint32Array.from(interiors.keys()).filter((edge) => interiors[edge] !== 0);
  return {
    ...drawn,
    objects: { ...drawn.objects, position: Float64Array.from(objects, ({ position }) => position) },
    edges: {
      ...drawn.edges,
      interiorEdge,
      interiorOffset: Float64Array.from(interiorEdge, (edge) => interiors[edge]!),
    },
    types: {
      ...drawn.types,
      kind: Uint8Array.from(drawn.types.names, (name) => (name === "string" ? TypeKind.STRING : TypeKind.NAMED)),
    },
    readBytes: (position, length, into) => {
      const bytes = dump.subarray(position, position + length);
      if (into === undefined) return bytes.slice();
      into.set(bytes);
      return into.subarray(0, bytes.length);
    },
  };
}

async function read(slot: Slot, maxUnits = 256) {
  // Something in front and behind, so that nothing is at the beginning by chance.
  const other: Slot = { size: 32, bytes: encode("other"), strings: [[0, 5]] };
  const texts = await StringTexts.prepare(heapOf([other, slot, other]));
  return { ...texts.read(2, maxUnits), hash: texts.hash(2), length: texts.lengthOf(2) };
}

describe("a string's text", () => {
  test("ends where its header says, whatever is behind it", async () => {
    expect(await read({ size: 32, bytes: encode("hello, and what was here before"), strings: [[0, 5]] })).toMatchObject(
      {
        text: "hello",
        length: 5,
        isCut: false,
      },
    );
  });

  test("is as long as the longest of its headers says", async () => {
    const strings = [
      [0, 3],
      [4, 8],
      [6, 2],
      [0, 5],
    ] as const;
    const { text } = await read({ size: 32, bytes: encode("0123456789abcdef"), strings });
    expect(text).toBe("0123456789ab");
  });

  test("takes no words for lengths that reach over the slot", async () => {
    const strings = [
      [0, 33],
      [0, 2 ** 40],
      [0, 0],
      [0, 4],
    ] as const;
    expect((await read({ size: 32, bytes: encode("good bad"), strings })).text).toBe("good");
  });

  test("ends before the zeros at the slot's end where no header is known", async () => {
    expect(await read({ size: 64, bytes: encode("a\0b"), strings: [] })).toMatchObject({ text: "a\0b", length: 3 });
    expect(await read({ size: 1 << 20, bytes: encode("far from the end"), strings: [] })).toMatchObject({
      text: "far from the end",
    });
    expect(await read({ size: 64, bytes: new Uint8Array(0), strings: [] })).toMatchObject({ text: "", length: 0 });
  });

  test("is cut without halving a character", async () => {
    const bytes = encode("ab😀cd");
    const slot: Slot = { size: 32, bytes, strings: [[0, bytes.length]] };
    expect(await read(slot, 3)).toMatchObject({ text: "ab", isCut: true, length: 8 });
    expect(await read(slot, 4)).toMatchObject({ text: "ab😀", isCut: true });
    expect(await read(slot, 6)).toMatchObject({ text: "ab😀cd", isCut: false });
    const long = encode("€".repeat(40_000));
    const cut = await read({ size: 1 << 17, bytes: long, strings: [[0, long.length]] }, 20_000);
    expect(cut).toMatchObject({ text: "€".repeat(20_000), isCut: true, length: 120_000 });
  });

  test("shows what is no UTF-8 as replacement characters", async () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xed, 0xa0, 0x80, 0x62);
    const { text } = await read({ size: 32, bytes, strings: [[0, 6]] });
    expect(text).toMatch(/^a\ufffd+b$/);
  });

  test("is a list where short strings share a slot", async () => {
    const strings = [
      [0, 3],
      [4, 5],
      [9, 2],
    ] as const;
    expect((await read({ size: 16, bytes: encode("GET\0indexOK"), strings })).text).toBe("GET | index | OK");
    expect((await read({ size: 16, bytes: encode("0123456789abcdef"), strings: [[0, 16]] })).text).toBe(
      "0123456789abcdef",
    );
  });

  test("has a hash of all of it, and of nothing behind it", async () => {
    const slot = (text: string, length: number): Slot => ({
      size: 1 << 16,
      bytes: encode(text),
      strings: [[0, length]],
    });
    const long = "x".repeat(40_000);
    const { hash } = await read(slot(`${long}1`, 40_001));
    expect((await read(slot(`${long}1 and more`, 40_001))).hash).toBe(hash);
    expect((await read(slot(`${long}2`, 40_001))).hash).not.toBe(hash);
    // FNV-1a's published value for "foobar".
    expect((await read(slot("foobar", 6))).hash).toBe(0xbf9cf968);
  });
});
