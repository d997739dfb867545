import { describe, expect, test } from "vitest";
import { Assignments, Standing } from "../../../src/typing/decision/assignments.ts";
import { NodeFilter } from "../../../src/typing/decision/node-filter.ts";

/** A type for want of a better one. */
const OPEN = 7;

function assigned(...ids: readonly number[]): Assignments {
  const assignments = new Assignments(new Uint8Array(ids.length), new NodeFilter((id) => id === OPEN));
  ids.forEach((id, object) => {
    if (id >= 0) assignments.set(object, id, false, 0, Standing.WHOLE);
  });
  return assignments;
}

function all(next: (object: number) => number): number[] {
  const objects: number[] = [];
  for (let object = next(-1); object >= 0; object = next(object)) objects.push(object);
  return objects;
}

describe("visiting objects by their type", () => {
  test("finds those that a filter takes, and asks about each type once", () => {
    const assignments = assigned(5, -1, 5000, 5, 6, 5000);
    const asked: number[] = [];
    const filter = new NodeFilter((id) => {
      asked.push(id);
      return id === 5 || id === 5000;
    });
    expect(all((object) => assignments.nextOf(object, filter))).toEqual([0, 2, 3, 5]);
    expect(asked).toEqual([5, -1, 5000, 6]);
  });

  test("finds what has no type at the time, whatever got one on the way", () => {
    const assignments = assigned(-1, 3, -1, -1);
    expect(
      all((object) => {
        if (object === 0) assignments.set(2, 1, false, 0, Standing.WHOLE);
        return assignments.nextUntyped(object);
      }),
    ).toEqual([0, 3]);
    assignments.clear(1);
    expect(all((object) => assignments.nextUntyped(object))).toEqual([0, 1, 3]);
  });

  test("finds what has a type for want of a better one, however it came by it", () => {
    const ids = Array.from({ length: 70 }, (_, object) => (object === 33 ? -1 : object === 64 ? OPEN : 3));
    const assignments = assigned(...ids);
    const open = new NodeFilter((id) => id < 0 || id === OPEN);
    expect(all((object) => assignments.nextOpen(object, open))).toEqual([33, 64]);
    // The others were seen to have a better one.
    assignments.set(69, OPEN, false, 0, Standing.GUESS);
    assignments.set(64, 3, false, 0, Standing.WHOLE);
    expect(all((object) => assignments.nextOpen(object, open))).toEqual([33, 69]);
    expect(all((object) => assignments.nextUntyped(object))).toEqual([33]);
    assignments.set(33, OPEN, false, 0, Standing.WHOLE);
    expect(all((object) => assignments.nextOpen(object, open))).toEqual([33, 69]);
  });
});
