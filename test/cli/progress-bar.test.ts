import { expect, test } from "vitest";
import { createProgressDisplay, describeProgress } from "../../src/cli/terminal/progress-bar.ts";
import { describeWarnings, WarningLog } from "../../src/cli/terminal/warning-log.ts";
import { testTerminal } from "./test-terminal.ts";

test("the line has what is known", () => {
  const MiB = 1 << 20;
  expect(describeProgress("reading", 25 * MiB, 100 * MiB, "bytes", 1000)).toBe(
    "reading  [######------------------]  25 %  25.0 MiB/s  3.00 s left",
  );
  expect(describeProgress("reading", 5 * MiB, undefined, "bytes", 1000)).toBe("reading  5.00 MiB  5.00 MiB/s");
  expect(describeProgress("sorting", 1500, undefined, "objects", 100)).toBe("sorting  1,500 objects");
  expect(describeProgress("sorting", 0, 10, undefined, 1000)).toBe("sorting  [------------------------]  0 %");
  expect(describeProgress("sorting", 12, 10, undefined, 100)).toBe("sorting  [########################]  100 %");
});

test("a terminal shows a bar and loses it again", async () => {
  const terminal = testTerminal({ errorsAreTerminal: true });
  const progress = await createProgressDisplay(terminal, new WarningLog(), { quiet: false });
  progress.phase("reading", 100, "bytes");
  progress.update(50);
  progress.phase("sorting");
  progress.stop();
  progress.update(51);
  const text = terminal.errorText();
  expect(text).toContain("reading  [");
  expect(text).toContain("sorting");
});

test.each([
  ["not on a terminal", false, false],
  ["asked to be quiet", true, true],
])("%s: nothing", async (_why, errorsAreTerminal, quiet) => {
  const terminal = testTerminal({ errorsAreTerminal });
  const progress = await createProgressDisplay(terminal, new WarningLog(), { quiet });
  progress.phase("reading", 100, "bytes");
  progress.update(50);
  progress.stop();
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
