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

  test.each(["go1.25.1", "go1.27.3"])(
    "of handles of package unique hold nothing of the program's, in %s",
    async (version) => {
      const cleanup = "runtime.AddCleanup[go.shape.string,go.shape.struct {}].func1";
      const handle = "unique.(*canonMap[go.shape.string]).LoadOrStore.func1";
      const other = "unique.(*canonMap[go.shape.int]).LoadOrStore.func1";
      const told = async (names: readonly string[]): Promise<number | undefined> => {
        const types = new TypeFixture();
        types.struct("struct { F uintptr; X0 uintptr }", [
          ["F", types.uintptr()],
          ["X0", types.uintptr()],
        ]);
        const entries = names.map((name) => types.functionNamed(name));
        const { heap } = await typeDump(
          types,
          (d) => {
            for (const entry of entries) d.object(16).store(0, entry);
            d.object(32);
          },
          { version },
        );
        expect(names.filter((name) => heap.types.names.includes(`func ${name}`))).toEqual(names);
        const found = findCleanups(heap)!;
        const text = describeCleanups(found);
        expect(text === undefined).toBe(found.closures === found.ofHandles);
        if (text !== undefined) expect(text).toContain(`include ${found.closures - found.ofHandles} closure`);
        return found.ofHandles;
      };
      expect(await told([cleanup])).toBe(0);
      expect(await told([cleanup, handle])).toBe(1);
      // The program may have some on strings, too.
      expect(await told([cleanup, other])).toBe(0);
      expect(await told([cleanup, handle, "runtime.AddCleanup[go.shape.string,go.shape.int].func1"])).toBe(1);
    },
  );

  test("are no others, nor such that something else reaches", async () => {
    expect(await describeOf("main.AddCleanup.func1", "go1.25.1")).toBeUndefined();
    expect(await describeOf("runtime.AddCleanup[go.shape.int].func1", "go1.25.1", true)).toBeUndefined();
  });
});
