import { expect, test } from "vitest";
import { DUMP_COMMANDS, OTHER_COMMANDS } from "../../../src/cli/options/command-names.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { readsDump } from "../../../src/cli/worker/reads-dump.ts";
import { testTerminal } from "../test-terminal.ts";

test("every command is in the list that its first argument says", async () => {
  const { commands } = await createProgram([], testTerminal());
  const takesDump = (command: (typeof commands)[number]): boolean =>
    ["dump", "before"].includes(command.registeredArguments[0]?.name() ?? "");
  const names = (list: typeof commands): string[] => list.map((command) => command.name()).sort();
  expect(names(commands.filter(takesDump))).toEqual([...DUMP_COMMANDS].sort());
  expect([...names(commands.filter((command) => !takesDump(command))), "help"].sort()).toEqual(
    [...OTHER_COMMANDS].sort(),
  );
});

test.each([
  [["info", "app.dump"], true],
  [["convert", "app.dump", "--to", "svg"], true],
  [["sql", "app.dump", "--", "-h"], true],
  [["diff", "old.dump", "new.dump"], true],
  [["info", "--help"], false],
  [["convert", "app.dump", "-h"], false],
  [["converters"], false],
  [["help", "info"], false],
  [["--version"], false],
  [[], false],
])("%j", (args, expected) => {
  expect(readsDump(args)).toBe(expected);
});
