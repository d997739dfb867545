/** Options that are on or off as people spell them, and the command that is meant where none is named. */
import { Command } from "commander";
import { expect, test } from "vitest";
import { spellFlags } from "../../../src/cli/options/given-options.ts";
import { withCommand } from "../../../src/cli/options/plain-dump.ts";

const command = new Command()
  .option("--contents", "")
  .option("--no-contents", "")
  .option("--quiet", "")
  .option("--focus <name>", "");

test.each([
  ["--contents true x.dump", "--contents x.dump"],
  ["--contents=false x.dump", "--no-contents x.dump"],
  ["--no-contents false", "--contents"],
  // What can only be switched on has no value, nor have names behind --; the value of another option is no option.
  ["--quiet true", "--quiet true"],
  ["-- --contents false", "-- --contents false"],
  ["--focus --contents false", "--focus --contents false"],
  ["--contents", "--contents"],
])("%s is %s", (typed, spelt) => {
  expect(spellFlags(typed.split(" "), command).join(" ")).toBe(spelt);
});

test("a report with --to is a conversion, unless that is a name behind --", () => {
  expect(withCommand(["report", "x.dump", "--to", "html"])).toEqual(["convert", "x.dump", "--to", "html"]);
  expect(withCommand(["-", "--to=html"])).toEqual(["convert", "-", "--to=html"]);
  expect(withCommand(["report", "--", "--to"])).toEqual(["report", "--", "--to"]);
  expect(withCommand(["top", "x.dump", "--to", "html"])).toEqual(["top", "x.dump", "--to", "html"]);
});
