import { expect, test } from "vitest";
import hprof from "../../../converters/hprof/index.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { type Heap, REACHABLE } from "../../../src/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { buildDump } from "../../support/dump-builder.ts";
import { hostileDump } from "../../support/hostile-dump.ts";
import { type HprofFile, type HprofObject, readHprof } from "../../support/readers/hprof-reader.ts";
import { typedSample } from "../../support/typed-samples.ts";

const sessions = () => typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");

async function convert(heap: Heap, options: object = {}): Promise<HprofFile> {
  return readHprof((await convertToBytes(hprof, heap, options)).bytes);
}

const ofClass = (file: HprofFile, name: string): HprofObject[] =>
  [...file.objects.values()].filter(({ className }) => className === name);

test("fields have Go's names, numbers their values, strings their texts", async () => {
  const file = await convert(await sessions(), { "whole-texts": true });
  const found = ofClass(file, "main.Session");
  expect(found.length).toBeGreaterThan(400);
  const [first] = found;
  expect(first!.references.map(({ name }) => name)).toContain("Token");
  const user = file.objects.get(first!.references.find(({ name }) => name === "User")!.to)!;
  expect(user.className).toBe("main.User");
  const token = file.objects.get(first!.references.find(({ name }) => name === "Token")!.to)!;
  expect(Buffer.from(token.bytes!).toString("latin1")).toMatch(/^token-\d{8}/);
  const texts = user.references.map(({ to }) => file.objects.get(to)!).filter(({ bytes }) => bytes !== undefined);
  const read = texts.map(({ bytes }) => Buffer.from(bytes!).toString("latin1").replace(/\0+$/, ""));
  expect(read.some((text) => /^visitor/.test(text))).toBe(true);
  expect([...user.numbers.keys()].some((name) => name.endsWith(".len"))).toBe(true);
});

test("package variables are classes with static fields; goroutines have their stacks", async () => {
  const file = await convert(await sessions());
  const variable = [...file.classes.values()].find(({ name }) => name === "var main.store")!;
  const store = variable.statics.find(({ name }) => name === "store")!;
  expect(file.objects.get(store.value as number)!.className).toBe("main.SessionStore");
  const thread = file.threads.find(({ id }) => file.objects.get(id)!.className.includes("expireSessions"))!;
  const frame = thread.frames.findLastIndex(({ method }) => method === "(*SessionStore).expireSessions");
  expect(thread.frames[frame]).toMatchObject({ className: "main", file: "main.go" });
  expect(thread.frames[frame]!.line).toBeGreaterThan(0);
  const ids = thread.locals.filter((local) => local.frame === frame).map(({ to }) => to);
  expect(ids).toContain(store.value);
  const locals = ids.map((id) => file.objects.get(id)!);
  const named = locals.find(({ className }) => className === "frame main.(*SessionStore).expireSessions")!;
  expect(named.references).toContainEqual({ name: "store", to: store.value });
});

test.each([
  ["1.24", "slots of key and element"],
  ["1.27", "keys, then elements"],
])("a map's table lists its entries as java.util.IdentityHashMap does, Go %s: %s", async (version) => {
  const heap = await typedSample(`lru.${version}.amd64`, `lru.${version}.amd64`);
  const file = await convert(heap);
  const tables = ofClass(file, "map[string]*container/list.Element (table)");
  expect(tables.length).toBeGreaterThan(0);
  for (const table of tables) {
    const { superId } = [...file.classes.values()].find(({ name }) => name === table.className)!;
    expect(file.classes.get(superId)!.name).toBe("java/util/IdentityHashMap");
    const [array, ...others] = table.references;
    expect([array!.name, others]).toEqual(["table", []]);
    const elements = new Map(
      file.objects.get(array!.to)!.references.map(({ name, to }) => [Number(name), file.objects.get(to)!]),
    );
    const keys = [...elements].filter(([element]) => element % 2 === 0);
    expect([keys.length, elements.size]).toEqual([Number(table.numbers.get("size")), 2 * keys.length]);
    for (const [element, key] of keys) {
      expect(key.className).toBe("byte[]");
      expect(elements.get(element + 1)!.className).toBe("container/list.Element");
    }
  }
});

test("without contents nothing of them is there, and sizes are the same", async () => {
  const heap = await sessions();
  const [withThem, without] = [await convert(heap), await convert(heap, { contents: false })];
  const names = new Set(without.threads.flatMap(({ id }) => reach(without, id)));
  for (const object of without.objects.values()) {
    expect(object.size).toBe(withThem.objects.get(object.id)!.size);
    if (names.has(object.id)) continue;
    expect(object.bytes?.every((byte) => byte === 0) ?? true).toBe(true);
    for (const value of object.numbers.values()) expect(Number(value)).toBe(0);
  }
});

/** A thread, its name, and the characters of that: no contents of memory. */
function reach(file: HprofFile, thread: number): number[] {
  const [name] = file.objects.get(thread)!.references;
  return [thread, name!.to, file.objects.get(name!.to)!.references[0]!.to];
}

test("garbage is below a class of its own, and keeps nothing live", async () => {
  const dump = buildDump((d) => {
    const [live, garbage, part] = [d.object(32), d.object(48), d.object(64)];
    d.root(live);
    garbage.point(0, live).point(8, part);
  });
  const heap = await readHeap(memorySource(dump, "garbage.dump"));
  expect([...heap.objects.flags].filter((flag) => (flag & REACHABLE) === 0).length).toBe(2);
  const file = await convert(heap);
  const holder = [...file.classes.values()].find(({ name }) => name === "(unreachable)")!;
  const [entry] = file.objects.get(holder.statics[0]!.value as number)!.references;
  const sizes = file.objects.get(entry!.to)!.references.map(({ to }) => file.objects.get(to)!.size);
  expect([file.objects.get(entry!.to)!.size, sizes]).toEqual([48, [64]]);
  const left = await convert(heap, { unreachable: false });
  expect([...left.objects.values()].map(({ size }) => size).sort()).toEqual([32]);
});

test("what no variable is known for is a GC root itself, so that no class of a segment retains it", async () => {
  const dump = buildDump((d) => {
    const [known, below] = [d.object(32), d.object(48)];
    d.root(known);
    known.point(0, below);
  });
  const heap = await readHeap(memorySource(dump, "nameless.dump"));
  const file = await convert(heap);
  const rooted = file.roots.map((id) => file.objects.get(id)?.size).filter((size) => size !== undefined);
  expect(rooted).toEqual([32]);
  const segment = [...file.classes.values()].find(({ name }) => name.endsWith("segment)"))!;
  expect(file.objects.get(segment.statics[0]!.value as number)!.size).toBe(32);
});

test("objects of any size keep it, in segments of 1 MiB at most or one for a large object", async () => {
  const sizes = [16, 24, 512, 8192, 16_384, 1 << 20, 3 << 20];
  const dump = buildDump((d) => {
    const all = sizes.map((size) => d.object(size));
    for (const object of all) d.root(object);
    // Pointers at both ends of what is an array.
    all
      .at(-1)!
      .point(0, all[0]!)
      .point((3 << 20) - 8, all[1]!);
    for (let i = 0; i < 3000; i++) d.root(d.object(1024));
  });
  const heap = await readHeap(memorySource(dump, "sizes.dump"));
  const file = await convert(heap);
  const found = [...file.objects.values()].map(({ size }) => size);
  for (const size of sizes) expect(found).toContain(size);
  expect(file.segments.length).toBeGreaterThan(3);
  expect(Math.max(...file.segments)).toBeLessThan(4 << 20);
});

test("text of any kind in names gives a file that can be read", async () => {
  for (const text of ["", "[", "[]", "[Lx;", "java.lang.Class", "<method>", "x".repeat(100_000), undefined]) {
    const heap = await readHeap(memorySource(hostileDump(text), "hostile.dump"));
    expect((await convert(heap)).objects.size).toBeGreaterThanOrEqual(heap.objects.count);
  }
});
