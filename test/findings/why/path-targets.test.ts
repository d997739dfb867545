/** Which objects an expression means, where lists are on the way. */
import { expect, test } from "vitest";
import { tracePath, writePath } from "../../../src/analysis/paths/pointer-path.ts";
import { writeOutRepeated } from "../../../src/analysis/paths/repeated-steps.ts";
import { computeShortestPaths } from "../../../src/analysis/references/shortest-paths.ts";
import { findPathTargets } from "../../../src/findings/why/path-targets.ts";
import { findAnyTargets } from "../../../src/findings/why/targets.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { computeContainers } from "../../../src/values/values.ts";
import type { Slot } from "../../support/dump-builder.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

test("nodes of a chain are called one by one, and all at once by what they hold", async () => {
  const types = new TypeFixture();
  const logger = types.struct("main.logger", []);
  types.setFields(logger, [
    ["parent", types.pointer(logger)],
    ["field", types.pointer(types.int())],
    ["level", types.int()],
  ]);
  const conn = types.struct("main.conn", [
    ["log", types.pointer(logger)],
    ["user", types.pointer(types.string())],
  ]);
  let chain: Slot[] = [];
  let fields: Slot[] = [];
  const { heap } = await typeDump(types, (d) => {
    const object = d.object(16);
    chain = [d.object(24), d.object(24), d.object(24)];
    fields = chain.map(() => d.object(8));
    for (const [i, slot] of chain.entries()) slot.point(0, chain[i + 1] ?? 0).point(8, fields[i]!);
    object.point(0, chain[0]!).list(8);
    const at = d.data.size;
    d.data.size += 16;
    d.data.store(at, types.pointer(conn).address).point(at + 8, object);
  });
  const container = await computeContainers(heap);
  const targets = (text: string): number[] => [...findPathTargets(heap, text, container).objects];
  const numbers = (slots: readonly Slot[]): number[] =>
    slots.map(({ address }) => heap.findObject(address)).sort((a, b) => a - b);
  expect(targets("main.conn.log")).toEqual(numbers(chain.slice(0, 1)));
  expect(targets("main.conn.log.parent")).toEqual(numbers(chain.slice(1, 2)));
  expect(targets("main.conn.log.parent.parent")).toEqual(numbers(chain.slice(2)));
  expect(targets("main.conn.log.field")).toEqual(numbers(fields));
});

test("steps of one name that are told by their number lead as far as they do one by one", async () => {
  const types = new TypeFixture();
  const layer = types.struct("main.layer", []);
  types.setFields(layer, [
    ["parent", types.pointer(layer)],
    ["level", types.int()],
  ]);
  let chain: Slot[] = [];
  const { heap } = await typeDump(types, (d) => {
    chain = Array.from({ length: 40 }, () => d.object(16));
    for (const [i, slot] of chain.entries()) slot.point(0, chain[i + 1] ?? 0);
    const at = d.data.size;
    d.data.size += 16;
    d.data.store(at, types.pointer(layer).address).point(at + 8, chain[0]!);
  });
  const paths = await computeShortestPaths(heap);
  let count = 0;
  for (const { address } of chain) {
    const object = heap.findObject(address);
    const pointers = tracePath(heap, paths, object);
    const { expression } = writePath(heap, pointers, { withElements: true, namesTypes: true });
    if (!expression.includes(" × ")) continue;
    count++;
    expect([...findPathTargets(heap, expression, undefined).objects]).toContain(object);
  }
  expect(count).toBe(31);
  await expect(findAnyTargets(heap, "main.layer.(30,000 × parent)", undefined, NO_PROGRESS)).rejects.toThrow(
    "has more steps than can be gone along",
  );
});

test.each([
  ["main.head.(3 × next).recs", "main.head.next.next.next.recs"],
  ["main.tree.(2 × [0])[1]", "main.tree[0][0][1]"],
  ["m.(2 × Context.(io.Reader)).r", "m.Context.(io.Reader).Context.(io.Reader).r"],
  ["(2 × next)", "next.next"],
  ["main.store.byToken[3].w (main.run)", "main.store.byToken[3].w (main.run)"],
  ['main.byName["(3 × a)"].next', 'main.byName["(3 × a)"].next'],
  ['main.byName["a\\"(5,000 × b)"].(2 × next)', 'main.byName["a\\"(5,000 × b)"].next.next'],
  ['main.tree.(2 × children["a"]).val', 'main.tree.children["a"].children["a"].val'],
  ["main.head.(1,001 × next)", undefined],
  ["main.head.(600 × next).(600 × prev)", undefined],
])("%s written out", (expression, written) => expect(writeOutRepeated(expression)).toBe(written));
