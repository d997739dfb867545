/** Keys in interfaces: what the dynamic type's descriptor says of them is believed only as far as it can be. */
import { expect, it } from "vitest";
import { Kind } from "../../../src/binary/index.ts";
import { KeyTexts } from "../../../src/typing/names/key-texts.ts";
import { readDump } from "../../support/dump-builder.ts";

const TYPE = 0x4a_0000;

/** An interface whose value is of a type that is called so; the value's words are 7 and 1. */
async function read(name: string, size: number): Promise<string | undefined> {
  const { heap, drawn } = await readDump((d) => {
    const [key, value] = [d.object(16), d.object(16)];
    d.root(key);
    key.store(0, TYPE).store(8, value);
    value.store(0, 7).store(8, 1);
    return key;
  });
  const constants = { image: { bytes: () => Uint8Array.of(0x78) }, bias: 0 };
  const keys = new KeyTexts(heap, constants, (word) => (word === TYPE ? { name, size, isDirect: false } : undefined));
  return keys.read(heap.findObject(drawn.address), 0, { kind: Kind.Interface, size: 16 });
}

it.each([
  ["string", 16, '"x"'],
  ["int", 8, "7"],
  ["uint16", 2, "7"],
  ["main.ID", 8, undefined],
])("of a %s of %d bytes", async (name, size, text) => {
  expect(await read(name, size)).toBe(text);
});

it.each([
  ["string", 8],
  ["int", 4096],
  ["bool", 65],
])("of a %s of %d bytes, which is none: nothing, and no error", async (name, size) => {
  expect(await read(name, size)).toBe(undefined);
});
