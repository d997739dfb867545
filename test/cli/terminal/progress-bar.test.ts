import { expect, test } from "vitest";
import { describeProgress } from "../../../src/cli/terminal/progress-bar.ts";
import { describeWarnings, WarningLog } from "../../../src/cli/terminal/warning-log.ts";
import { testTerminal } from "../test-terminal.ts";

test("the line has what is known", () => {
  const MiB = 1 << 20;
  expect(describeProgress("reading", 25 * MiB, 100 * MiB, "bytes", 1000)).toBe(
    "/ reading  [######------------------]  25 %  25.0 MiB/s  3.00 s left",
  );
  expect(describeProgress("reading", 5 * MiB, undefined, "bytes", 1000)).toBe("/ reading  5.00 MiB  5.00 MiB/s");
  expect(describeProgress("sorting", 1500, undefined, "objects", 100)).toBe("| sorting  1,500 objects");
  expect(describeProgress("sorting", 0, 10, undefined, 1000)).toBe("/ sorting  [------------------------]  0 %");
  expect(describeProgress("sorting", 12, 10, undefined, 100)).toBe("| sorting  [########################]  100 %");
});

test("a phase that tells nothing moves all the same", () => {
  const lines = [0, 200, 400, 12_000, 13_000].map((time) => describeProgress("typing", 0, 10, "steps", time));
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines.at(-1)).toBe("/ typing  [------------------------]  0 %  for 13.0 s");
});

test("a terminal shows a bar and loses it again", async () => {
  const terminal = testTerminal({ errorsAreTerminal: true });
  const { bar } = terminal;
  const shows = (text: string) => expect.poll(() => terminal.errorText()).toContain(text);
  bar.phase("reading", 100, "bytes");
  bar.update(50);
  await shows("reading  [############------------]  50 %");
  bar.phase("sorting");
  await shows("sorting");
  bar.stop();
  bar.update(51);
  const text = terminal.errorText();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(terminal.errorText()).toBe(text);
});

test("a bar that is stopped while its library is loaded does not come", async () => {
  const terminal = testTerminal({ errorsAreTerminal: true });
  terminal.bar.phase("reading", 100, "bytes");
  terminal.bar.stop();
  await import("cli-progress");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(terminal.errorText()).toBe("");
});

test("not on a terminal: nothing", async () => {
  const terminal = testTerminal();
  terminal.bar.phase("reading", 100, "bytes");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(terminal.errorText()).toBe("");
});

test("warnings are counted per code, and the first few kept", () => {
  const log = new WarningLog();
  for (let i = 0; i < 100; i++) log.add("odd", `odd ${i}`);
  log.add("once", "just once");
  log.add("twice", "the same");
  log.add("twice", "the same");
  const groups = log.take();
  expect(groups.map(({ code, count }) => [code, count])).toEqual([
    ["odd", 100],
    ["once", 1],
    ["twice", 2],
  ]);
  expect(describeWarnings(groups)).toEqual([
    "odd 0",
    "odd 1",
    "odd 2",
    '… and 97 more of the kind "odd"',
    "just once",
    "the same",
    '… and 1 more of the kind "twice"',
  ]);
  expect(log.take()).toEqual([]);
});

test("the time that is left is told from the first hundredth on", () => {
  expect(describeProgress("reading", 9, 1000, "bytes", 1000)).not.toContain("left");
  expect(describeProgress("reading", 10, 1000, "bytes", 1000)).toContain("left");
});
