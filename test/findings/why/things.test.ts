/** What is one thing for a program is one for `why`: maps of the library's, lists. Samples, whose programs say what they store. */
import { expect, it } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { computeReport } from "../../../src/findings/report/report.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { TypeKind } from "../../../src/heap/types.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

const sessions = (): Promise<Heap> => typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
const interned = (): Promise<Heap> => typedSample("interned-after.1.19.amd64", "interned.1.19.amd64");

it("tells a sync.Map as a map, with its entries", async () => {
  const why = await explainWhy(await sessions(), ["main.store.lastSeen"]);
  expect(why.thing).toMatchObject({ type: "sync.Map", use: { kind: "map", length: 500 }, nodes: null });
  expect(why.paths[0]!.steps.map(({ name, type }) => [name, type])).toEqual([
    ["main.store", "main.SessionStore"],
    ["lastSeen", "sync.Map"],
  ]);
});

it("takes and tells an entry of a sync.Map by its key", async () => {
  const path = 'main.store.lastSeen["198.51.100.7"]';
  const why = await explainWhy(await sessions(), [path]);
  expect(why).toMatchObject({ count: 1, thing: { type: "main.LastSeen" } });
  expect(why.paths[0]!.expression).toBe(path);
  expect(why.paths[0]!.steps.map(({ name, type }) => [name, type])).toEqual([
    ["main.store", "main.SessionStore"],
    ["lastSeen", "sync.Map"],
    ['["198.51.100.7"]', "main.LastSeen"],
  ]);
});

it("does the same until Go 1.22, where a sync.Map is two maps of the runtime's", async () => {
  const heap = await interned();
  const path = 'main.Metrics.labels["/articles/1000001"]';
  const why = await explainWhy(heap, [path]);
  expect(why).toMatchObject({ count: 1, thing: { type: "main.Label" } });
  expect(why.paths[0]!.steps.map(({ name, type }) => [name, type]).slice(1)).toEqual([
    ["labels", "sync.Map"],
    ['["/articles/1000001"]', "main.Label"],
  ]);
  const { thing } = await explainWhy(heap, ["main.Metrics.labels"]);
  expect(thing).toMatchObject({ type: "sync.Map", use: { kind: "map", length: 1500 }, nodes: null });
});

it("merges the ways to what sync.Maps have", async () => {
  for (const [heap, type] of [
    [await sessions(), "main.LastSeen"],
    [await interned(), "main.Label"],
  ] as const) {
    const { count, tree } = await explainWhy(heap, [type]);
    const map = tree[0]!.children[0]!;
    expect(map).toMatchObject({ type: "sync.Map", count, own: 0 });
    expect(map.children.map(({ name, type, own }) => [name, type, own])).toEqual([["[…]", type, count]]);
  }
});

it("tells how many nodes a list has", async () => {
  const lru = await typedSample("lru.1.24.amd64", "lru.1.24.amd64");
  const why = await explainWhy(lru, ["main.LRU.order"]);
  expect(why.thing).toMatchObject({
    type: "container/list.List",
    nodes: { type: "container/list.Element", count: 4000 },
  });
  expect(renderWhy(why)).toContain("list.List, 4,000 × list.Element linked");
});

it.each(["titles.1.19.amd64", "titles.1.24.amd64"] as const)(
  "tells how little of a text strings show, in %s",
  async (name) => {
    const heap = await typedSample(name, name);
    const { answers } = await computeReport(heap, NO_PROGRESS);
    // samples/README.md: strings of 16 bytes, each of which pins a page of 8 KiB.
    const pinned = await explainWhy(heap, [answers[0]!.address!]);
    expect(pinned.thing).toMatchObject({ shownBytes: 16, use: null });
    expect(renderWhy(pinned)).toContain(", 8.00 KiB\nstrings show 16 of its 8,192 bytes\n\n");
  },
);

it.each([
  ["what strings show", false, 16],
  ["nothing where a slice shows some of it, too", true, null],
])("tells of bytes %s", async (_, isSliced, shownBytes) => {
  const types = new TypeFixture();
  const both = types.struct("main.Both", [
    ["text", types.string()],
    ["bytes", types.slice(types.uint8())],
  ]);
  const { heap } = await typeDump(types, (d) => {
    const text = d.object(4096);
    const sliced = isSliced ? text : d.object(64);
    const root = d.object(48).point(0, text).store(8, 16).point(16, sliced).store(24, 8).store(32, 8);
    d.data.size += 16;
    d.data.store(0, types.pointer(both).address).point(8, root);
  });
  const text = heap.objects.size.indexOf(4096);
  const { thing } = await explainWhy(heap, [heap.formatAddress(heap.objects.address[text]!)]);
  expect(thing!.shownBytes).toBe(shownBytes);
});

it("says nothing of texts that strings show most of", async () => {
  const heap = await sessions();
  const text = heap.objects.type.findIndex((type) => heap.types.kind[type] === TypeKind.STRING);
  const why = await explainWhy(heap, [heap.formatAddress(heap.objects.address[text]!)]);
  expect(why.thing!.shownBytes!).toBeGreaterThan(why.bytes / 2);
  expect(renderWhy(why)).not.toContain("strings show");
});
