/** What places on stacks are called, and what is in them. */
import { expect, test } from "vitest";
import type { TypeTable } from "../../src/heap/types.ts";
import type { ValueLayout } from "../../src/heap/value-layouts.ts";
import { Places } from "../../src/values/places.ts";

const ENDINGS = ["[]", "[].next", " (key)"];

test.each([
  ["main.store", "", ["main.store", "main.store[]", "main.store[][]", "main.store[].next", "main.store (key)"]],
  [
    "jobs",
    "main.work",
    [
      "jobs (main.work)",
      "jobs[] (main.work)",
      "jobs[][] (main.work)",
      "jobs[].next (main.work)",
      "jobs (key) (main.work)",
    ],
  ],
  [
    "",
    "main.work",
    [
      "stack of main.work",
      "elements of variables on the stack of main.work",
      "[][] of variables on the stack of main.work",
      "[].next of variables on the stack of main.work",
      "map keys of variables on the stack of main.work",
    ],
  ],
])("%j of %j", (path, frame, names) => {
  const places = new Places({ count: 1 } as TypeTable);
  const layout = { offset: [0, 8, 16], name: (word: number) => ({ text: ENDINGS[word]!, isEnding: true }) };
  const words = [...places.words(0, layout as unknown as ValueLayout)].map((word) => ~word);
  const [element, next, key] = words as [number, number, number];
  const place = frame === "" ? places.of(path) : places.ofFrame(path, frame);
  const elements = places.compose(place, element);
  expect(
    [place, elements, places.compose(elements, element), places.compose(place, next), places.compose(place, key)].map(
      (at) => places.name(at),
    ),
  ).toEqual(names);
  expect(places.compose(place, element)).toBe(elements);
});
