/** Where the tables of names and the messages of objects end. */
import { expect, test } from "vitest";
import { ClassTable } from "../../../converters/perfetto/class-table.ts";
import { FieldTable } from "../../../converters/perfetto/field-table.ts";
import { toFieldText } from "../../../converters/perfetto/names.ts";
import { ObjectEncoder } from "../../../converters/perfetto/objects.ts";
import { PacketWriter } from "../../../converters/perfetto/packets.ts";
import { varint } from "../../../converters/perfetto/wire.ts";
import { createMemorySink } from "../../../src/io/sinks/memory-sink.ts";
import { putVarint } from "../../../src/io/varint.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

test("names end at a number, and what comes after them has one together", () => {
  const heap = drawHeap((s) => s.global(s.object({ size: 4096 })));
  const fields = new FieldTable(heap, 4);
  const numbers = [0, 8, 16, 24, 32, 8].map((offset) => fields.find(0, offset));
  expect(numbers.map((number) => fields.texts[number - 1])).toEqual([" +0x0", " +0x8", " +0x10", " …", " …", " +0x8"]);
  expect(fields.texts.length).toBe(4);
});

test.each([
  ["", "a b", " a b"],
  ["*main.T", "next", "*main.T next"],
  ["map[string]interface {}", "m", "map[string]any m"],
  ["func(int) struct { a int }", "f", "func(int)\u00a0struct\u00a0{\u00a0a\u00a0int\u00a0} f"],
  ["\x1b[31m", "\u202ex\n", "\\x1b[31m \\u202ex\\n"],
])("a field of type %j called %j", (type, name, text) => {
  expect(toFieldText(type, name)).toBe(text);
});

test("names of words of 4 bytes are told apart; a pointer before the value is in the malloc header", () => {
  const drawn = drawHeap((s) => s.global(s.object({ size: 4096 })));
  const fields = new FieldTable({ ...drawn, dump: { ...drawn.dump, pointerSize: 4 } });
  const numbers = [0, 4, 8, -8].map((offset) => fields.find(0, offset));
  expect(numbers.map((number) => fields.texts[number - 1])).toEqual([" +0x0", " +0x4", " +0x8", " malloc header"]);
});

test("an object has so many pointers, and the others are left out", async () => {
  const heap = drawHeap((s) => {
    const [many, few] = [s.object({ size: 1024 }), s.object({ size: 1024 })];
    for (let i = 0; i < 100; i++) s.pointer(many, few, 8 * i);
    for (let i = 0; i < 50; i++) s.pointer(few, many, 8 * i);
    s.global(many);
  });
  const lengths = async (most: number) => {
    const sink = createMemorySink();
    const packet = new PacketWriter(await sink.open(), { pid: 1, timestamp: 1n, sequence: 1 });
    const before = packet.at;
    const objects = new ObjectEncoder(heap, new ClassTable(heap), new FieldTable(heap), 0, true, most);
    objects.fill(packet);
    expect(objects.next).toBe(2);
    return { size: packet.at - before, cutCount: objects.cutCount };
  };
  const whole = await lengths(100);
  expect(whole.cutCount).toBe(0);
  // One byte for the name and one for the object.
  expect(await lengths(60)).toEqual({ size: whole.size - 2 * 40, cutCount: 1 });
  expect(await lengths(40)).toEqual({ size: whole.size - 2 * 60 - 2 * 10, cutCount: 2 });
});

test.each([0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 3, 2 ** 53])("%d as a varint", (value) => {
  const bytes = new Uint8Array(10);
  const end = putVarint(bytes, 0, value);
  expect([...bytes.subarray(0, end)]).toEqual(varint(value));
  expect(bytes.subarray(0, end).reduce((sum, byte, i) => sum + (byte & 0x7f) * 2 ** (7 * i), 0)).toBe(value);
});
