import { expect, test, vi } from "vitest";
import { chooseCompiling } from "../../../src/cli/worker/compiling.ts";

const { setFlags } = vi.hoisted(() => ({ setFlags: vi.fn() }));
vi.mock("node:v8", async (original) => ({
  ...(await original<typeof import("node:v8")>()),
  setFlagsFromString: setFlags,
}));

test("nothing is compiled beside the work where there is one core, and only there", () => {
  for (const cores of [2, 8]) chooseCompiling(cores);
  expect(setFlags).not.toHaveBeenCalled();
  chooseCompiling(1);
  expect(setFlags).toHaveBeenCalledExactlyOnceWith("--no-concurrent-recompilation");
});
