/** Matching objects whose types are not sure: what led to an object may be gone, and with it what told its type. */
import { expect, test } from "vitest";
import { identifyObjects, matchObjects, type ObjectIdentities } from "../../../src/findings/growth/matching.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { TypeKind } from "../../../src/heap/types.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";

const NAMES = ["main.A", "main.B", "chan int", "chan string", "runtime.hchan", "obj/96{p}", "obj/96{.p}"];
const { EXACT, INFERRED } = TypeSource;

/** One object of a type, at an address and with a size that are always the same. */
function one(name: string, source: number, isTyped: boolean): ObjectIdentities {
  const heap = {
    objects: {
      count: 1,
      address: Float64Array.of(4096),
      size: Uint32Array.of(96),
      type: Int32Array.of(NAMES.indexOf(name)),
      typeSource: Uint8Array.of(source),
    },
    dump: { addressBase: 0n },
    types: {
      count: NAMES.length,
      names: NAMES,
      kind: Uint8Array.from(NAMES, (each) => (each.startsWith("obj/") ? TypeKind.SHAPE : TypeKind.NAMED)),
      ...(isTyped ? { fields: {} } : {}),
    },
  } as unknown as Heap;
  const path = Int32Array.of(0);
  const typeNumber = Int32Array.from(NAMES.keys());
  return identifyObjects(heap, { typeNumber, path, pathRow: path, isGarbage: Uint8Array.of(0) });
}

/** Whether it is kept, be it first of the one type or of the other. */
async function isKept(a: string, b: string, { source = EXACT as number, isTyped = true } = {}): Promise<boolean> {
  const matched: number[] = [];
  for (const [from, to] of [
    [one(a, EXACT, isTyped), one(b, source, isTyped)],
    [one(b, source, isTyped), one(a, EXACT, isTyped)],
  ] as const) {
    const { types, paths, matched: both, missing } = await matchObjects(from, to, NAMES.length, 1, NO_PROGRESS);
    const sum = (column: Float64Array): number => column.reduce((all, each) => all + each, 0);
    expect([types.kept, types.added, types.gone].map(sum)).toEqual([both, missing, missing]);
    expect([paths.kept, paths.added, paths.gone].map(sum)).toEqual([both, missing, missing]);
    matched.push(both);
  }
  expect(matched[1]).toBe(matched[0]);
  return matched[0] === 1;
}

test("known types of two names are of two objects", async () => {
  expect(await isKept("main.A", "main.A")).toBe(true);
  expect(await isKept("main.A", "main.B")).toBe(false);
  expect(await isKept("chan int", "chan string")).toBe(false);
});

test("an object whose type is guessed, or unknown, in one of the dumps is the same", async () => {
  expect(await isKept("main.A", "main.B", { source: INFERRED })).toBe(true);
  expect(await isKept("main.A", "obj/96{p}")).toBe(true);
  expect(await isKept("obj/96{.p}", "obj/96{p}")).toBe(false);
});

test("a channel that only its header tells of is the same", async () => {
  expect(await isKept("chan int", "runtime.hchan")).toBe(true);
  expect(await isKept("main.A", "runtime.hchan")).toBe(false);
});

test("without an executable shapes tell objects apart", async () => {
  expect(await isKept("obj/96{.p}", "obj/96{p}", { isTyped: false })).toBe(false);
  expect(await isKept("main.A", "obj/96{p}", { isTyped: false })).toBe(false);
});
