/** Goroutines that wait for a lock or a receiver, of which it is not known what could wake them; and many with stacks. */
import { expect, test } from "vitest";
import { computeReport } from "../../../src/findings/report/report.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { readDump } from "../../support/dump-builder.ts";

/** What is told first, and then, of a heap where goroutines have next to nothing. */
async function leads(count: number, waitReason: string): Promise<string[]> {
  const { heap } = await readDump((d) => {
    d.memStats[2] = 1 << 28;
    d.root(d.object(1 << 20));
    for (let i = 0; i < count; i++) d.goroutine({ waitReason }).frame("main.handle", 64);
  });
  return (await computeReport(heap, NO_PROGRESS)).answers.map(({ leads }) => leads);
}

test.each(["sync.Mutex.Lock", "sync.RWMutex.RLock", "semacquire", "chan send"])(
  "a hundred that wait for it are told, whatever they own: %s",
  async (reason) => {
    expect(await leads(100, reason)).toEqual(["holder", "goroutines"]);
    expect(await leads(99, reason)).toEqual(["holder"]);
  },
);

test("a hundred that wait for something else are not", async () => {
  expect(await leads(100, "select")).toEqual(["holder"]);
});

test("a hundred of which the stacks have a twentieth of the process are told, fewer not", async () => {
  const stacks = async (count: number, stackSize: number): Promise<string[]> => {
    const { heap } = await readDump((d) => {
      const [SYS, HEAP_RELEASED] = [2, 10];
      d.memStats[SYS] = 1 << 28;
      d.memStats[HEAP_RELEASED] = 0;
      d.root(d.object(1 << 20));
      for (let i = 0; i < count; i++) d.goroutine({ waitReason: "select" }).frame("main.handle", stackSize);
    });
    return (await computeReport(heap, NO_PROGRESS)).answers.map(({ leads }) => leads);
  };
  const each = (1 << 28) / 20 / 99;
  const size = 8 * Math.ceil(each / 8);
  expect(await stacks(100, size)).toEqual(["goroutines", "holder"]);
  expect(await stacks(99, size)).toEqual(["holder"]);
});
