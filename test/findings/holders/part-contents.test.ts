import { expect, it, vi } from "vitest";
import { computeOwnerChildren, computeOwnerTree } from "../../../src/analysis/ownership/owner-tree.ts";
import { findHolders } from "../../../src/findings/holders/holder.ts";
import { PartContents } from "../../../src/findings/holders/part-contents.ts";
import { ThingTree } from "../../../src/findings/holders/thing-tree.ts";
import { describeParts } from "../../../src/findings/report/part-sentences.ts";
import { isKnown } from "../../../src/heap/memo.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeContainers, computeHolders } from "../../../src/values/values.ts";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { drawThing } from "../../support/thing-fixture.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { type FixtureType, TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { addBucketMap } from "../../values/value-fixture.ts";
import { rootPointer } from "../inspections/inspected.ts";

/** A map 0 ─► 60 clients, each with buffers of some size, a name, and a state. */
async function contentsOf(
  buffers: number,
  size: number,
  container?: (objects: number) => Int32Array,
  own = 64,
  progress = NO_PROGRESS,
) {
  const clients = Array.from({ length: 60 }, (_, i) => 1 + i * (buffers + 3));
  const objects: [number, number][] = [[0, 48]];
  const edges: [number, number][] = [];
  for (const client of clients) {
    edges.push([0, client]);
    objects.push([1, own], ...Array.from({ length: buffers }, () => [2, size] as [number, number]), [3, 32], [4, 32]);
    for (let at = client + 1; at < client + buffers + 3; at++) edges.push([client, at]);
  }
  const types = ["main.registry", "main.client", "[]uint8", "string", "map[string]int (directory)"];
  const { heap, tree } = await drawThing({ types: types.map((name) => ({ name })), objects, edges });
  return new PartContents(heap, tree, container?.(objects.length)).find(Int32Array.from(clients), progress);
}

it("is what has most of the bytes of all, wherever it hangs", async () => {
  expect(await contentsOf(2, 512)).toEqual([
    { type: "[]uint8", count: 120, guessed: 0, bytes: 120 * 512, field: null },
  ]);
});

it("is nothing where it is the things themselves, or many kinds that each have little", async () => {
  expect(await contentsOf(0, 0, undefined, 512)).toEqual([]);
  expect(await contentsOf(1, 32)).toEqual([]);
});

it("does not walk where the whole heap has too little of any other type", async () => {
  const walk = vi.spyOn(ThingTree.prototype, "addRightBelow");
  try {
    expect(await contentsOf(0, 0, undefined, 512)).toEqual([]);
    expect(walk).not.toHaveBeenCalled();
    expect(await contentsOf(2, 512)).toHaveLength(1);
    expect(walk).toHaveBeenCalled();
  } finally {
    walk.mockRestore();
  }
});

it("lets the wish to stop in where it only sums up", async () => {
  const stopped = { ...NO_PROGRESS, signal: AbortSignal.abort(new Error("stopped")) };
  expect(await contentsOf(2200, 8, undefined, 1 << 20)).toEqual([]);
  await expect(contentsOf(2200, 8, undefined, 1 << 20, stopped)).rejects.toThrow("stopped");
});

it("names up to two, most first, parts of a map as one", async () => {
  // Of each client the name is a part of the map behind it.
  const container = (count: number): Int32Array =>
    Int32Array.from({ length: count }, (_, i) => (i > 0 && (i - 1) % 4 === 2 ? i + 1 : i));
  expect(await contentsOf(1, 64, container)).toEqual([
    { type: "[]uint8", count: 60, guessed: 0, bytes: 60 * 64, field: null },
    { type: "map[string]int", count: 60, guessed: 0, bytes: 60 * 64, field: null },
  ]);
});

it("names the field that has them, if their type says nothing of what they are for", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  const contents = holders.flatMap(({ parts }) => parts.flatMap(({ mostly }) => mostly));
  const payload = { name: "main.Job.Payload", bytes: 592 * 208, isGuessed: false };
  expect(contents).toEqual([{ type: "[]uint8", count: 592, guessed: 0, bytes: 592 * 208, field: payload }]);
  // 8 bytes an object, which nobody needs after that.
  expect(isKnown(computeHolders, heap)).toBe(false);
});

/** 40 pages, each with an array of bytes: in `pixels`, of the last ones in `words`. */
async function fieldOf(inWords: number) {
  const types = new TypeFixture();
  const bytes = types.slice(types.uint8());
  const page = types.struct("main.page", [
    ["pixels", bytes],
    ["words", bytes],
  ]);
  const book = types.struct("main.book", [["pages", types.slice(types.pointer(page))]]);
  const { heap } = await typeDump(types, (d) => {
    const [count, size] = [40, 512];
    const pages = d.object(8 * count);
    for (let i = 0; i < count; i++) {
      const array = d.object(size);
      const each = d.object(48);
      if (i < count - inWords) each.point(0, array).store(8, size).store(16, size).list(24);
      else each.list(0).point(24, array).store(32, size).store(40, size);
      pages.point(8 * i, each);
    }
    rootPointer(d, types, book, d.object(24).point(0, pages).store(8, count).store(16, count));
  });
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  const [content] = holders[0]!.parts[0]!.mostly;
  expect(content).toMatchObject({ type: "[]uint8", bytes: 40 * 512 });
  return content!.field;
}

it("names a field that has nearly all of them, with how much that is, and none where two have much", async () => {
  expect(await fieldOf(0)).toEqual({ name: "main.page.pixels", bytes: 40 * 512, isGuessed: false });
  expect(await fieldOf(8)).toEqual({ name: "main.page.pixels", bytes: 32 * 512, isGuessed: false });
  expect(await fieldOf(9)).toBeNull();
});

it.each([
  ["main.entry", "main.entry", null],
  ["main.head", "main.page", "main.entry.next"],
] as const)("links of a ring or list are in no field of their own: of %s, %s", async (_, linked, expected) => {
  const types = new TypeFixture();
  const link = types.struct(linked, []);
  const entry = linked === "main.entry" ? link : types.struct("main.entry", []);
  types.setFields(link, [
    ["next", types.pointer(link)],
    ["size", types.int()],
  ]);
  if (entry !== link) types.setFields(entry, [["next", types.pointer(link)]]);
  const ring = types.struct("main.ring", [["all", types.slice(types.pointer(entry))]]);
  let slots: Slot[] = [];
  const { heap } = await typeDump(types, (d) => {
    slots = Array.from({ length: 40 }, () => d.object(16));
    const all = d.object(8 * 40);
    for (const [i, slot] of slots.entries()) {
      // Each is what the one before leads to, or an entry of its own does.
      const before = entry === link ? slots[(i + 39) % 40]! : d.object(8);
      before.point(0, slot);
      if (entry !== link) slot.list(0);
      all.point(8 * i, before);
    }
    rootPointer(d, types, ring, d.object(24).point(0, all).store(8, 40).store(16, 40));
  });
  const owners = await computeOwnerTree(heap, NO_PROGRESS);
  const tree = new ThingTree(heap, owners, await computeOwnerChildren(heap, NO_PROGRESS), undefined);
  const field = await new PartContents(heap, tree, undefined).fieldOf(
    Int32Array.from(slots, ({ address }) => heap.findObject(address)),
    NO_PROGRESS,
  );
  expect(field?.name ?? null).toBe(expected);
});

it("what hangs in a slice of its own type is in a field, as a link is not", async () => {
  const types = new TypeFixture();
  const dir = types.struct("main.dir", []);
  types.setFields(dir, [["all", types.slice(types.pointer(dir))]]);
  const slots: Slot[] = [];
  const { heap } = await typeDump(types, (d) => {
    const all = d.object(8 * 40);
    const top = d.object(24).point(0, all).store(8, 40).store(16, 40);
    for (let i = 0; i < 40; i++) {
      const below = d.object(24).list(0);
      all.point(8 * i, below);
      slots.push(below);
    }
    rootPointer(d, types, dir, top);
  });
  const owners = await computeOwnerTree(heap, NO_PROGRESS);
  const tree = new ThingTree(heap, owners, await computeOwnerChildren(heap, NO_PROGRESS), undefined);
  const objects = Int32Array.from(slots, ({ address }) => heap.findObject(address));
  const field = await new PartContents(heap, tree, undefined).fieldOf(objects, NO_PROGRESS);
  expect(field?.name).toBe("main.dir.all[]");
});

/** What 40 pages consist of mostly, each of which has one thing in its only field. */
async function contentOfPages(
  types: TypeFixture,
  field: readonly [name: string, type: FixtureType],
  draw: (d: DumpBuilder) => Slot,
) {
  const page = types.struct("main.page", [field]);
  const book = types.struct("main.book", [["pages", types.slice(types.pointer(page))]]);
  const { heap } = await typeDump(types, (d) => {
    const pages = d.object(8 * 40);
    for (let i = 0; i < 40; i++) pages.point(8 * i, d.object(8).point(0, draw(d)));
    rootPointer(d, types, book, d.object(24).point(0, pages).store(8, 40).store(16, 40));
  });
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  return holders[0]!.parts[0]!.mostly;
}

it("names no field of what has a name of its own", async () => {
  const types = new TypeFixture();
  const bitmap = types.struct("main.bitmap", [["rows", types.array(64, types.int())]]);
  expect(await contentOfPages(types, ["pixels", types.pointer(bitmap)], (d) => d.object(512))).toMatchObject([
    { type: "main.bitmap", count: 40, field: null },
  ]);
});

it("counts all that a map is made of for the field that has it", async () => {
  const types = new TypeFixture();
  const map = addBucketMap(types, types.int(), types.int());
  const bucket = 8 + 64 + 64 + 8;
  const contents = await contentOfPages(types, ["index", map], (d) =>
    d
      .object(48)
      .store(0, 8)
      .point(16, d.object(bucket).list(bucket - 8))
      .list(24)
      .list(40),
  );
  const bytes = 40 * (48 + bucket);
  expect(contents).toMatchObject([
    { type: "map[int]int", count: 40, bytes, field: { name: "main.page.index", bytes } },
  ]);
});

/** What 40 vehicles consist of mostly, of each of which there are 5 older ones; `draw` links them, the newest first. */
async function contentOfVehicles(draw: (chain: readonly Slot[]) => void) {
  const types = new TypeFixture();
  const vehicle = types.struct("main.vehicle", []);
  types.setFields(vehicle, [
    ["prev", types.pointer(vehicle)],
    ["next", types.pointer(vehicle)],
    ["place", types.array(6, types.int())],
  ]);
  const park = types.struct("main.park", [["vehicles", types.slice(types.pointer(vehicle))]]);
  const { heap } = await typeDump(types, (d) => {
    const vehicles = d.object(8 * 40);
    for (let i = 0; i < 40; i++) {
      const chain = Array.from({ length: 6 }, () => d.object(64)).reverse();
      draw(chain);
      vehicles.point(8 * i, chain[0]!);
    }
    rootPointer(d, types, park, d.object(24).point(0, vehicles).store(8, 40).store(16, 40));
  });
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  expect(holders[0]!.parts[0]).toMatchObject({ type: "main.vehicle", count: 40 });
  return holders[0]!.parts[0]!.mostly;
}

it("counts the links of a chain below each thing of the very type, and names their field", async () => {
  const contents = await contentOfVehicles((chain) => {
    for (const [i, link] of chain.entries()) {
      if (i + 1 < chain.length) link.point(0, chain[i + 1]!);
      else link.list(0);
      link.list(8);
    }
  });
  const field = { name: "main.vehicle.prev", bytes: 200 * 64, isGuessed: false };
  expect(contents).toEqual([{ type: "main.vehicle", count: 200, guessed: 0, bytes: 200 * 64, field }]);
});

it("does not name the field of a chain that leads back to what it hangs on", async () => {
  const contents = await contentOfVehicles((chain) => {
    for (const [i, link] of chain.entries()) {
      if (i + 1 < chain.length) link.point(0, chain[i + 1]!);
      else link.list(0);
      if (i > 0) link.point(8, chain[i - 1]!);
      else link.list(8);
    }
  });
  expect(contents).toMatchObject([{ count: 200, field: null }]);
});

/** What a book of ten pages has, each of which has three arrays in `rows`; of some the last one is in `notes`. */
async function linesOfPages(withNotes: number): Promise<string[]> {
  const types = new TypeFixture();
  const bytes = types.slice(types.uint8());
  const page = types.struct("main.page", [
    ["rows", types.array(3, bytes)],
    ["notes", bytes],
  ]);
  const book = types.struct("main.book", [["pages", types.slice(types.pointer(page))]]);
  const { heap } = await typeDump(types, (d) => {
    const pages = d.object(80);
    for (let i = 0; i < 10; i++) {
      const each = d.object(96);
      const empty = i < withNotes ? 2 : 3;
      for (let j = 0; j < 4; j++) {
        if (j === empty) each.list(24 * j);
        else
          each
            .point(24 * j, d.object(512))
            .store(24 * j + 8, 512)
            .store(24 * j + 16, 512);
      }
      pages.point(8 * i, each);
    }
    rootPointer(d, types, book, d.object(24).point(0, pages).store(8, 10).store(16, 10));
  });
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  return describeParts(holders[0]!);
}

it("tells the field of what there is most of further below a holder, if its type says nothing", async () => {
  expect(await linesOfPages(0)).toEqual(["30 × []uint8, 15.0 KiB, in main.page.rows[] (10 × main.page)"]);
  expect(await linesOfPages(3)).toEqual([
    "30 × []uint8, 15.0 KiB, 13.5 KiB of these in main.page.rows[] (10 × main.page)",
  ]);
  expect(await linesOfPages(9)).toEqual(["30 × []uint8, 15.0 KiB, in 10 × main.page"]);
});
