import { expect, test } from "vitest";
import { repeatCommand } from "../../../src/cli/input/repeated-command.ts";

test("a command that is offered reads the dump as the one before did", () => {
  expect(repeatCommand("why", "app.dump", {})).toBe("gohd why app.dump");
  const options = { exe: "./my app", symbols: "app.debug", forceExe: true, salvage: true };
  expect(repeatCommand("top", "app.dump", options)).toBe(
    "gohd top app.dump --exe './my app' --symbols app.debug --force-exe --salvage",
  );
});

test("of a dump from a pipe, which is gone, a word stands for the file to name", () => {
  for (const pipe of ["-", "/dev/stdin", "/dev/fd/63", "/proc/self/fd/11"]) {
    expect(repeatCommand("why", pipe, { exe: "./app" })).toBe("gohd why DUMP --exe ./app");
  }
  expect(repeatCommand("why", "/dev/fd/x.dump", {})).toBe("gohd why /dev/fd/x.dump");
});
