import { expect, it } from "vitest";
import { areMostlyBackPointers } from "../../src/findings/back-pointers.ts";
import { computeReport } from "../../src/findings/report/report.ts";
import { computeTypePlaces } from "../../src/findings/type-places.ts";
import { NO_OBJECT } from "../../src/heap/objects.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { typedSample } from "../support/typed-samples.ts";

/** The root 5 ─► map 0 ─► session 1 ─► connection 2 ─► array 3; and the root ─► 4. */
const ABOVE = Int32Array.of(5, 0, 1, 2, 5, NO_OBJECT);

it("lead from what an object owns to the object, not from what owns it, nor from elsewhere", () => {
  const isBack = (object: number, holder: number) => areMostlyBackPointers(ABOVE, [{ object, holder }]);
  expect([isBack(1, 2), isBack(1, 3), isBack(0, 3)]).toEqual([true, true, true]);
  expect([isBack(2, 1), isBack(1, 0), isBack(1, 4), isBack(1, 5), isBack(1, NO_OBJECT)]).not.toContain(true);
});

it("are most of the examples, or none are told of", () => {
  const back = { object: 1, holder: 2 };
  const held = { object: 1, holder: 0 };
  expect(areMostlyBackPointers(ABOVE, [back, back, held])).toBe(true);
  expect(areMostlyBackPointers(ABOVE, [back, held])).toBe(false);
  expect(areMostlyBackPointers(ABOVE, [])).toBe(false);
});

it("are not told of as places of a type: nodes of a sync.Map are not in their children's parent, nor a thread in its g", async () => {
  const heap = await typedSample("interned-after.1.27.amd64", "interned.1.27.amd64");
  const places = [...(await computeTypePlaces(heap)).values()].flat().map(({ name }) => name);
  const { types } = await computeReport(heap, NO_PROGRESS);
  const told = types.flatMap((type) => type.places.map(({ name }) => name));
  const parent = "internal/sync.indirect[interface {},interface {}].parent";
  expect(places).toContain(parent);
  expect(told).not.toContain(parent);
  expect(places.filter((name) => !told.includes(name)).length).toBeLessThan(3);
});
