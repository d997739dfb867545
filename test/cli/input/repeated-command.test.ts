import { expect, test } from "vitest";
import { repeatCommand } from "../../../src/cli/input/repeated-command.ts";

test("a command that is offered reads the dump as the one before did", () => {
  expect(repeatCommand("why", "app.dump", {})).toBe("gohd why app.dump");
  const options = { exe: "./my app", symbols: "app.debug", forceExe: true, salvage: true };
  expect(repeatCommand("top", "app.dump", options)).toBe(
    "gohd top app.dump --exe './my app' --symbols app.debug --force-exe --salvage",
  );
});
