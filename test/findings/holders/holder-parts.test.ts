import { expect, it } from "vitest";
import { findHolders } from "../../../src/findings/holders/holder.ts";
import { describeParts } from "../../../src/findings/report/part-sentences.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeContainers } from "../../../src/values/values.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { drawThing } from "../../support/thing-fixture.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";
import { rootPointer } from "../inspections/inspected.ts";

it("tells bytes of strings from the strings that are pointed to, where there are both", async () => {
  const types = new TypeFixture();
  const index = types.struct("main.index", [["tags", types.slice(types.pointer(types.string()))]]);
  const { heap } = await typeDump(types, (d) => {
    const array = d.object(8 * 64);
    // Two strings have the same bytes each, so that none of them keeps these.
    for (let i = 0; i < 64; i += 2) {
      const text = d.object(32);
      for (const at of [i, i + 1]) array.point(8 * at, d.object(16).point(0, text).store(8, 30));
    }
    rootPointer(d, types, index, d.object(24).point(0, array).store(8, 64).store(16, 64));
  });
  const { holders } = await findHolders(heap);
  expect(describeParts(holders[0]!).sort()).toEqual([
    "32 × string (its bytes), 1.00 KiB, in main.index.tags[]",
    "64 × string, 1.00 KiB",
  ]);
});

/** What a slice of 4 bosses has, each of which threatens all of 40 others of their kind; the first `hunters` of these have the next as prey. */
async function partsOfBosses(hunters: number) {
  const types = new TypeFixture();
  const monster = types.struct("main.monster", []);
  types.setFields(monster, [
    ["threat", types.slice(types.pointer(monster))],
    ["prey", types.pointer(monster)],
    ["place", types.array(4, types.int())],
  ]);
  const world = types.struct("main.world", [["bosses", types.slice(types.pointer(monster))]]);
  const { heap } = await typeDump(types, (d) => {
    const others = Array.from({ length: 40 }, () => d.object(64).list(0));
    for (const [i, other] of others.entries())
      if (i < hunters) other.point(24, others[i + 1]!);
      else other.list(24);
    const bosses = d.object(8 * 4);
    for (let i = 0; i < 4; i++) {
      const threat = d.object(8 * 40);
      for (const [j, other] of others.entries()) threat.point(8 * j, other);
      bosses.point(8 * i, d.object(64).point(0, threat).store(8, 40).store(16, 40).list(24));
    }
    rootPointer(d, types, world, d.object(24).point(0, bosses).store(8, 4).store(16, 4));
  });
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  return describeParts(holders[0]!);
}

it("names the field of the things in it that has others, which they share", async () => {
  const told = ["44 × main.monster, 4.00 KiB, 2.50 KiB of these in main.monster.threat[]"];
  expect(await partsOfBosses(0)).toEqual(told);
});

it("names no field of those that are in several", async () => {
  expect(await partsOfBosses(20)).toEqual(["44 × main.monster, 4.00 KiB"]);
});

/** What a table of 40 buckets has, behind the first node of each so many more, all with values of so many bytes. */
async function partsOfBuckets(bytes: number, behind: (bucket: number) => number) {
  const types = new TypeFixture();
  const node = types.struct("main.node", []);
  types.setFields(node, [
    ["value", types.pointer(types.array(bytes / 8, types.int()))],
    ["next", types.pointer(node)],
  ]);
  const table = types.struct("main.table", [["buckets", types.slice(types.pointer(node))]]);
  const { heap } = await typeDump(types, (d) => {
    const buckets = d.object(8 * 40);
    for (let i = 0; i < 40; i++) {
      let first = d.object(16).point(0, d.object(bytes)).list(8);
      for (let n = 0; n < behind(i); n++) first = d.object(16).point(0, d.object(bytes)).point(8, first);
      buckets.point(8 * i, first);
    }
    rootPointer(d, types, table, d.object(24).point(0, buckets).store(8, 40).store(16, 40));
  });
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  return describeParts(holders[0]!);
}

it("counts those that hang on others of their type, unless they are few", async () => {
  const upToThree = (bucket: number): number => bucket % 4;
  expect(await partsOfBuckets(256, upToThree)).toEqual([
    "100 × []int, 25.0 KiB, in main.node.value (40 × main.node and 60 behind them)",
  ]);
  expect(await partsOfBuckets(256, (bucket) => (bucket === 7 ? 1 : 0))).toEqual([
    "40 × main.node, 10.9 KiB: mostly 41 × []int, 10.3 KiB, in main.node.value",
  ]);
  expect(await partsOfBuckets(256, (bucket) => (bucket % 4 === 0 ? 1 : 0))).toEqual([
    "40 × main.node and 10 behind them, 13.3 KiB: mostly 50 × []int, 12.5 KiB, in main.node.value",
  ]);
  // Told with what these things consist of.
  expect(await partsOfBuckets(16, upToThree)).toEqual([
    "40 × main.node, 3.13 KiB: mostly 100 × []int, 1.56 KiB, in main.node.value, and 60 × main.node, 960 B, in main.node.next",
  ]);
});

/**
 * What 4 shards have, each with 12 tenants, of which the first `writers` have a writer of 1 KiB, and the others next to nothing; beside two
 * things of so many bytes each.
 */
async function partsOfShards(writers: number, beside = 0) {
  const types = new TypeFixture();
  const writer = types.struct("main.writer", [["window", types.array(128, types.int())]]);
  const tenant = types.struct("main.tenant", [
    ["zip", types.pointer(writer)],
    ["id", types.array(7, types.int())],
  ]);
  const shard = types.struct("main.shard", [["tenants", types.slice(types.pointer(tenant))]]);
  const [page, map] = ["main.page", "main.bitmap"].map((name) =>
    types.struct(name, [["x", types.array(beside, types.bool())]]),
  );
  const store = types.struct("main.store", [
    ["shards", types.slice(types.pointer(shard))],
    ["page", types.pointer(page!)],
    ["map", types.pointer(map!)],
  ]);
  const { heap } = await typeDump(types, (d) => {
    const shards = d.object(8 * 4);
    for (let i = 0; i < 4; i++) {
      const tenants = d.object(8 * 12);
      for (let j = 0; j < 12; j++) {
        const one = d.object(64);
        if (j < writers) one.point(0, d.object(1024));
        else one.list(0);
        tenants.point(8 * j, one);
      }
      shards.point(8 * i, d.object(24).point(0, tenants).store(8, 12).store(16, 12));
    }
    const root = d.object(48).point(0, shards).store(8, 4).store(16, 4);
    if (beside > 0) root.point(24, d.object(beside)).point(32, d.object(beside));
    else root.list(24).list(32);
    rootPointer(d, types, store, root);
  });
  const { holders } = await findHolders(heap, { container: await computeContainers(heap, NO_PROGRESS) });
  return describeParts(holders[0]!);
}

it("tells what things in shards consist of, unless that is themselves", async () => {
  expect(await partsOfShards(2)).toEqual([
    "48 × main.tenant, 11.0 KiB, in 4 × main.shard: mostly 8 × main.writer, 8.00 KiB",
  ]);
  expect(await partsOfShards(0)).toEqual(["48 × main.tenant, 3.00 KiB, in 4 × main.shard"]);
  // Of less than half of all that the store has there is no more to tell.
  expect((await partsOfShards(2, 8 * 1024))[0]).toBe("48 × main.tenant, 11.0 KiB, in shards (1 × []*main.shard)");
});

it("breathes along what hangs behind", async () => {
  const count = 200_000;
  const { tree } = await drawThing({
    types: [{ name: "main.node" }],
    objects: Array.from({ length: count + 1 }, () => [0, 16] as const),
    edges: Array.from({ length: count }, (_, i) => [i, i + 1] as const),
  });
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  await expect(tree.countBehind(Int32Array.of(0), { ...NO_PROGRESS, signal: stop.signal })).rejects.toThrow("stopped");
  expect(await tree.countBehind(Int32Array.of(0), NO_PROGRESS)).toBe(count);
});

it("says that nearly all is in a field, where that is told as as many bytes, and is fewer", async () => {
  const heap = drawHeap((s) => {
    const nodes = s.object({ type: "[]*main.node", size: 32 });
    s.global(nodes);
    for (let i = 0; i < 4; i++) s.pointer(nodes, s.object({ type: "main.node", size: 4096 }), 8 * i);
  });
  const holder = (await findHolders(heap)).holders[0]!;
  const tell = (bytes: number): string[] => {
    const field = { name: "main.node.value", bytes, isGuessed: false };
    const mostly = [{ type: "main.value", count: 40, guessed: 0, bytes: 8_000_000, field }];
    return describeParts({ ...holder, bulk: null, parts: [{ ...holder.parts[0]!, inner: null, mostly }] });
  };
  const said = (how: string): string =>
    `4 × main.node, 16.0 KiB: mostly 40 × main.value, 7.63 MiB, ${how}in main.node.value`;
  expect(tell(8_000_000)).toEqual([said("")]);
  expect(tell(7_999_999)).toEqual([said("nearly all of it ")]);
  expect(tell(7_500_000)).toEqual([said("7.15 MiB of these ")]);
});
