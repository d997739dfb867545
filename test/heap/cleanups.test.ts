/** What is said of objects that only cleanups hold. */
import { describe, expect, test } from "vitest";
import { describeCleanups, findCleanups } from "../../src/heap/cleanups.ts";
import { TypeFixture } from "../typing/type-fixture.ts";
import { typeDump } from "../typing/typed-dump.ts";

/** A closure that captures a pointer to an object of 64 bytes; garbage of 32 bytes besides. */
async function describeOf(
  functionName: string,
  version: string,
  isReachable = false,
  live = 0,
): Promise<string | undefined> {
  const types = new TypeFixture();
  const state = types.struct("main.state", [["used", types.array(64, types.uint8())]]);
  types.struct("struct { F uintptr; X0 *main.state }", [
    ["F", types.uintptr()],
    ["X0", types.pointer(state)],
  ]);
  const entry = types.functionNamed(functionName);
  const { heap } = await typeDump(
    types,
    (d) => {
      const held = d.object(64);
      const closure = d.object(16).store(0, entry).point(8, held);
      d.object(32);
      if (isReachable) d.root(closure);
      if (live > 0) d.root(d.object(live));
    },
    { version },
  );
  const found = findCleanups(heap);
  return found && describeCleanups(found);
}

describe("closures of cleanups", () => {
  test("tell what they hold, up to Go 1.25", async () => {
    expect(await describeOf("runtime.AddCleanup[go.shape.int].func1", "go1.25.1")).toContain(
      "1 closure of runtime.AddCleanup, which with what they refer to are 2 objects of 80 bytes",
    );
  });

  test("of later versions hold nothing, which is said", async () => {
    expect(await describeOf("runtime.AddCleanup[go.shape.int].func1", "go1.27.3")).toContain(
      "tells neither the cleanups' functions nor which objects are their arguments",
    );
  });

  test("that hold next to nothing are not told", async () => {
    expect(await describeOf("runtime.AddCleanup[go.shape.int].func1", "go1.27.3", false, 1 << 20)).toBeUndefined();
  });

  test("are no others, nor such that something else reaches", async () => {
    expect(await describeOf("main.AddCleanup.func1", "go1.25.1")).toBeUndefined();
    expect(await describeOf("runtime.AddCleanup[go.shape.int].func1", "go1.25.1", true)).toBeUndefined();
  });
});
