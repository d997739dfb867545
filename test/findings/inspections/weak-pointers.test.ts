/** Weak pointers: those that lead to nothing any more, from who has them; the word of a handle is zero once its target was collected. */
import { describe, expect, test } from "vitest";
import type { Finding } from "../../../src/findings/finding.ts";
import type { DumpBuilder, DumpOptions, Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../../typing/type-fixture.ts";
import { addSwissMap } from "../../values/value-fixture.ts";
import { inspect, rootPointer, sentences } from "./inspected.ts";

const KIND = "dead-weak-pointers";
/** Bytes of a group of map[string]weak.Pointer: a word of control bytes, and eight slots of a key and a word. */
const GROUP_SIZE = 8 + 8 * 24;
const TEXT = 32;

/** A weak.Pointer[main.T], and what it leads to: since Go 1.26 an object for it alone. */
function weakTypes({ isAlone = true, isDirect = false } = {}) {
  const types = new TypeFixture();
  const target = types.struct("main.T", [
    ["a", types.int()],
    ["next", types.pointer(types.int())],
  ]);
  const handle = isAlone
    ? types.struct("runtime.weakHandleBox", [
        ["h", types.uintptr()],
        ["_", types.array(8, types.uint8())],
      ])
    : types.struct("internal/runtime/atomic.Uintptr", [["value", types.uintptr()]]);
  const weak = types.struct("weak.Pointer[main.T]", [
    ["_", types.array(0, types.pointer(target))],
    ["u", types.unsafePointer()],
  ]);
  weak.isDirect = isDirect;
  return { types, target, weak, handle };
}

interface Drawn {
  readonly count: number;
  /** Of these, those that lead to something. */
  readonly alive?: number;
  /** What is in a handle in place of an address. */
  readonly word?: number;
}

/** Handles, the living ones first, with what they lead to; all of it hangs on a variable, so that it is alive. */
function drawHandles(
  d: DumpBuilder,
  types: TypeFixture,
  target: FixtureType,
  { count, alive = 0, word }: Drawn,
): Slot[] {
  return Array.from({ length: count }, (_, i) => {
    const handle = d.object(16);
    if (word !== undefined) handle.store(0, word);
    if (i >= alive) return handle;
    const object = d.object(16).list(8);
    rootPointer(d, types, target, object);
    return handle.store(0, object);
  });
}

/** A main.cache with a slice of weak pointers. */
function drawSlice(
  d: DumpBuilder,
  types: TypeFixture,
  weak: FixtureType,
  handles: readonly Slot[],
  cache = "main.cache",
): void {
  const array = d.object(8 * handles.length);
  for (const [i, handle] of handles.entries()) array.point(8 * i, handle);
  const type = types.struct(cache, [
    ["name", types.string()],
    ["list", types.slice(weak)],
  ]);
  const size = 40;
  const object = d.object(size).list(0).point(16, array).store(24, handles.length).store(32, handles.length);
  rootPointer(d, types, type, object);
}

const OPTIONS: DumpOptions = { version: "go1.26.1" };

const found = (findings: readonly Finding[]): Finding[] => findings.filter(({ kind }) => kind === KIND);

describe("weak pointers that lead nowhere", () => {
  async function told(drawn: Drawn, options: DumpOptions = OPTIONS): Promise<string[]> {
    const { types, target, weak } = weakTypes();
    return sentences(
      await inspect(types, (d) => drawSlice(d, types, weak, drawHandles(d, types, target, drawn)), options),
      KIND,
    );
  }

  test("in a slice: handles alone", async () => {
    const { types, target, weak } = weakTypes();
    const draw = (d: DumpBuilder) =>
      drawSlice(d, types, weak, drawHandles(d, types, target, { count: 6000, alive: 1000 }));
    const findings = found(await inspect(types, draw, OPTIONS));
    expect(sentences(findings, KIND)).toEqual([
      "main.cache.list[]: 5,000 of 6,000 weak pointers lead to nothing any more: their handles take 78.1 KiB",
    ]);
    expect(findings[0]).toMatchObject({ count: 5000, good: 1000, bytes: 5000 * 16, guessed: 0 });
  });

  test("not those that lead to something", async () => {
    expect(await told({ count: 6000, alive: 6000 })).toEqual([]);
  });

  test("not before Go 1.24", async () => {
    expect(await told({ count: 6000 }, { version: "go1.23.4" })).toEqual([]);
  });

  test("nothing where a handle holds what is no object", async () => {
    expect(await told({ count: 6000 })).toHaveLength(1);
    const { types, target, weak } = weakTypes();
    const draw = (d: DumpBuilder): void => {
      const handles = drawHandles(d, types, target, { count: 6000 });
      drawSlice(d, types, weak, [...handles, ...drawHandles(d, types, target, { count: 1, word: 12_345 })]);
    };
    expect(sentences(await inspect(types, draw, OPTIONS), KIND)).toEqual([]);
  });

  test("whose handle somebody else has, whose own leads there as well, count once", async () => {
    const { types, target, weak } = weakTypes();
    const draw = (d: DumpBuilder): void => {
      const handles = drawHandles(d, types, target, { count: 5000 });
      drawSlice(d, types, weak, handles);
      drawSlice(d, types, weak, handles, "main.other");
    };
    const findings = found(await inspect(types, draw, OPTIONS));
    expect(findings.map(({ bytes }) => bytes)).toEqual([5000 * 16]);
  });

  test("in a map: with the keys of their entries, which nothing else has", async () => {
    const { types, target, weak } = weakTypes();
    const map = addSwissMap(types, types.string(), weak);
    const cache = types.struct("main.cache", [
      ["name", types.string()],
      ["byKey", map],
    ]);
    const dead = 3200;
    const findings = found(
      await inspect(
        types,
        (d) => {
          const handles = drawHandles(d, types, target, { count: 4000, alive: 800 });
          const groups = d.object((handles.length / 8) * GROUP_SIZE);
          for (const [i, handle] of handles.entries()) {
            const slot = Math.floor(i / 8) * GROUP_SIZE + 8 + (i % 8) * 24;
            groups
              .point(slot, d.object(TEXT).store(0, 65 + i))
              .store(slot + 8, TEXT)
              .point(slot + 16, handle);
          }
          const table = d
            .object(32)
            .store(0, 4000 + 4096 * 0x1_0000)
            .point(16, groups)
            .store(24, 511);
          const header = d.object(48).store(0, 4000).point(16, d.object(8).point(0, table)).store(24, 1);
          rootPointer(d, types, cache, d.object(24).list(0).point(16, header));
        },
        OPTIONS,
      ),
    );
    expect(sentences(findings, KIND)).toEqual([
      "main.cache.byKey[]: 3,200 of 4,000 weak pointers lead to nothing any more: with their entries they alone keep 150 KiB, 50.0 KiB of it handles",
    ]);
    expect(findings[0]).toMatchObject({
      bytes: dead * (16 + TEXT),
      good: 800,
      evidence: { weakPointers: 4000, dead, handleBytes: dead * 16 },
    });
  });

  test("of structs that have other things, too: without these", async () => {
    const { types, target, weak } = weakTypes();
    const entry = types.struct("main.entry", [
      ["tag", types.string()],
      ["pic", weak],
    ]);
    const draw = (d: DumpBuilder): void => {
      for (const handle of drawHandles(d, types, target, { count: 5000 }))
        rootPointer(d, types, entry, d.object(24).point(0, d.object(TEXT)).store(8, TEXT).point(16, handle));
    };
    expect(sentences(await inspect(types, draw, OPTIONS), KIND)).toEqual([
      "main.entry.pic: 5,000 of 5,000 weak pointers lead to nothing any more: their handles take 78.1 KiB",
    ]);
  });

  test("with handles that share blocks, as until Go 1.25: a block goes with the last of them", async () => {
    const { types, target, weak } = weakTypes({ isAlone: false });
    const draw = (d: DumpBuilder): void => {
      const array = d.object(8 * 12_000);
      for (let i = 0; i < 6000; i++) {
        const block = d.object(16);
        array.point(16 * i, block).point(16 * i + 8, block, 8);
        // In the first thousand blocks one of two is alive.
        if (i >= 1000) continue;
        const object = d.object(16).list(8);
        rootPointer(d, types, target, object);
        block.store(8, object);
      }
      const cache = types.struct("main.cache", [["list", types.slice(weak)]]);
      rootPointer(d, types, cache, d.object(24).point(0, array).store(8, 12_000).store(16, 12_000));
    };
    expect(sentences(await inspect(types, draw, { version: "go1.24.4" }), KIND)).toEqual([
      "main.cache.list[]: 11,000 of 12,000 weak pointers lead to nothing any more: their handles take 78.1 KiB",
    ]);
  });

  test("in interfaces, which since Go 1.26 hold the handle itself", async () => {
    const { types, target, weak } = weakTypes({ isDirect: true });
    const holder = types.struct("main.holder", [
      ["value", types.any()],
      ["next", types.pointer(types.int())],
    ]);
    const draw = (d: DumpBuilder): void => {
      for (const handle of drawHandles(d, types, target, { count: 5000 }))
        rootPointer(d, types, holder, d.object(24).store(0, weak.address).point(8, handle).list(16));
    };
    expect(sentences(await inspect(types, draw, OPTIONS), KIND)).toEqual([
      "main.holder.value: 5,000 of 5,000 weak pointers lead to nothing any more: their handles take 78.1 KiB",
    ]);
  });

  test("not those of package unique, which deletes them itself", async () => {
    const { types, target, weak } = weakTypes();
    const entry = types.struct("unique.entry[main.T]", [
      ["next", types.pointer(types.int())],
      ["key", weak],
    ]);
    const draw = (d: DumpBuilder): void => {
      for (const handle of drawHandles(d, types, target, { count: 5000 }))
        rootPointer(d, types, entry, d.object(16).list(0).point(8, handle));
    };
    expect(sentences(await inspect(types, draw, OPTIONS), KIND)).toEqual([]);
  });

  test("not a field that looks like one", async () => {
    const { types, target, handle: handleType } = weakTypes();
    const own = types.struct("main.Pointer[main.T]", [
      ["n", types.int()],
      ["u", types.pointer(handleType)],
    ]);
    const draw = (d: DumpBuilder): void => {
      for (const handle of drawHandles(d, types, target, { count: 5000 }))
        rootPointer(d, types, own, d.object(16).point(8, handle));
    };
    expect(sentences(await inspect(types, draw, OPTIONS), KIND)).toEqual([]);
  });
});
