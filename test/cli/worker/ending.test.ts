import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { Ending } from "../../../src/cli/worker/ending.ts";

const INT = 2;
const TERM = 15;

/** An ending of work that does nothing by itself; `steps` tells what was done to it. */
function watch(
  patience: { readonly abort: number; readonly terminate: number },
  terminated: Promise<void>,
  hasNativeCode = false,
) {
  const steps: string[] = [];
  let tell = (): void => {};
  const ended = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const ending = new Ending(
    {
      abort: (signal) => void steps.push(`abort ${signal}`),
      terminate() {
        steps.push("terminate");
        return terminated;
      },
      async cleanUp() {
        steps.push("clean up");
      },
      hasNativeCode: () => hasNativeCode,
      die(signal) {
        steps.push(`die ${signal}`);
        tell();
      },
      exit(code) {
        steps.push(`exit ${code}`);
        tell();
      },
      kill() {
        steps.push("kill");
        tell();
      },
    },
    patience,
  );
  return { ending, steps, ended };
}

const NEVER = new Promise<void>(() => {});
const FOR_EVER = 2 ** 30;

test("one signal asks, and nothing more as long as there is patience", async () => {
  const { ending, steps } = watch({ abort: FOR_EVER, terminate: FOR_EVER }, NEVER);
  expect(ending.isWanted).toBe(false);
  ending.signal(INT);
  expect(ending.isWanted).toBe(true);
  expect(steps).toEqual(["abort 2"]);
  ending.done();
});

test("a second signal cuts the work off; the first one counts", async () => {
  const { ending, steps, ended } = watch({ abort: FOR_EVER, terminate: FOR_EVER }, Promise.resolve());
  ending.signal(TERM);
  ending.signal(INT);
  ending.signal(INT);
  await ended;
  expect(steps).toEqual(["abort 15", "terminate", "clean up", "exit 143"]);
});

test("so does the end of patience", async () => {
  const { ending, steps, ended } = watch({ abort: 1, terminate: FOR_EVER }, Promise.resolve());
  ending.signal(INT);
  await ended;
  expect(steps).toEqual(["abort 2", "terminate", "clean up", "exit 130"]);
});

test("work that cannot be cut off ends with the process, after what it left is taken away", async () => {
  const { ending, steps, ended } = watch({ abort: 1, terminate: 1 }, NEVER);
  ending.signal(INT);
  await ended;
  expect(steps).toEqual(["abort 2", "terminate", "clean up", "kill"]);
});

test("native code is not cut off, but ends with the process by the first signal, after what it left is taken away", async () => {
  const { ending, steps, ended } = watch({ abort: FOR_EVER, terminate: FOR_EVER }, NEVER, true);
  ending.signal(TERM);
  ending.signal(INT);
  await ended;
  expect(steps).toEqual(["abort 15", "clean up", "die 15"]);
});

test("work that ends in time is left alone", async () => {
  const { ending, steps } = watch({ abort: 5, terminate: 5 }, NEVER);
  ending.signal(INT);
  ending.done();
  ending.signal(INT);
  await wait(30);
  expect(steps).toEqual(["abort 2"]);
});
