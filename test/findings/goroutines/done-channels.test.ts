import { expect, test } from "vitest";
import { DoneChannels } from "../../../src/findings/goroutines/done-channels.ts";
import { TypeSource } from "../../../src/heap/objects.ts";
import { drawThing } from "../../support/thing-fixture.ts";

/** One goroutine, which waits for channels of these types. */
async function mayWait(channels: readonly (readonly [name: string, source: number])[] | undefined) {
  const of = channels ?? [["chan int", TypeSource.EXACT] as const];
  const { heap } = await drawThing({
    types: of.map(([name]) => ({ name })),
    objects: of.map((_, row) => [row, 96] as const),
    edges: [],
  });
  const typeSource = Uint8Array.from(of, ([, source]) => source);
  const targets = [channels === undefined ? undefined : of.map((_, object) => object)];
  return new DoneChannels({ ...heap, objects: { ...heap.objects, typeSource } }, targets).mayWait(0);
}

test.each([
  ["chan struct {}", TypeSource.EXACT, true],
  ["<-chan struct {}", TypeSource.EXACT, true],
  ["main.signal", TypeSource.EXACT, true],
  ["chan int", TypeSource.EXACT, false],
  ["chan struct { N int }", TypeSource.EXACT, false],
  // It may be one of another type.
  ["chan int", TypeSource.INFERRED, true],
  ["chan int", TypeSource.NONE, true],
])("whether a %s may be the Done of a context, as its type is known (%i): %s", async (name, source, expected) => {
  expect(await mayWait([[name, source]])).toBe(expected);
});

test("one of several is enough, and so is that nobody knows which", async () => {
  const int = ["chan int", TypeSource.EXACT] as const;
  expect(await mayWait([int, ["chan struct {}", TypeSource.EXACT]])).toBe(true);
  expect(await mayWait([int, int])).toBe(false);
  expect(await mayWait(undefined)).toBe(true);
});
