import { afterEach, describe, expect, test, vi } from "vitest";
import { besideOther, breathe, NO_PROGRESS, type Progress } from "../src/progress.ts";

afterEach(() => vi.unstubAllGlobals());

/** Works until `isOver`, with a breath after every millisecond; gives the number of breaths. */
async function work(progress: Progress, isOver: () => boolean): Promise<number> {
  let breaths = 0;
  while (!isOver()) {
    const end = performance.now() + 1;
    while (performance.now() < end);
    await breathe(progress);
    breaths++;
  }
  return breaths;
}

describe.each(["Node", "a browser"])("a breath in %s", (place) => {
  const start = (): void => {
    if (place === "a browser") vi.stubGlobal("setImmediate", undefined);
  };

  test("lets timers run, and stops what they abort", async () => {
    start();
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 5);
    await expect(work({ ...NO_PROGRESS, signal: controller.signal }, () => false)).rejects.toThrow("enough");
  });

  test("lets signals of the system in at once", async () => {
    start();
    let arrived = false;
    const listener = (): void => {
      arrived = true;
    };
    process.once("SIGUSR2", listener);
    process.kill(process.pid, "SIGUSR2");
    expect(await work(NO_PROGRESS, () => arrived)).toBeLessThan(100);
  });
});

test("work beside other work shows nothing, but warns, and stops with it", async () => {
  const told: string[] = [];
  const controller = new AbortController();
  const beside = besideOther({
    signal: controller.signal,
    phase: (name) => told.push(name),
    update: (done) => told.push(`${done}`),
    warn: (code, message) => told.push(`${code}: ${message}`),
  });
  beside.phase("searching", 10);
  beside.update(5);
  beside.warn("few", "there are few");
  expect(told).toEqual(["few: there are few"]);
  controller.abort(new Error("enough"));
  await expect(breathe(beside)).rejects.toThrow("enough");
});
