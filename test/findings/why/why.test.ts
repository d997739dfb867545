import { beforeAll, describe, expect, it } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { objectSize } from "../../../src/heap/objects.ts";
import { typedSample } from "../../support/typed-samples.ts";

let heap: Heap;

beforeAll(async () => {
  heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
});

const objectsOf = (type: string): number[] =>
  [...heap.objects.type.keys()].filter((i) => heap.types.names[heap.objects.type[i]!] === type);

describe("why something is alive", () => {
  it("is for a type a tree of ways, alike ones once, with numbers that add up", async () => {
    const why = await explainWhy(heap, ["main.Session"]);
    const sessions = objectsOf("main.Session");
    expect(why).toMatchObject({ asked: "main.Session", count: sessions.length, paths: [] });
    expect(why.bytes).toBe(sessions.reduce((sum, i) => sum + objectSize(heap.objects, i), 0));
    expect(why.tree.reduce((sum, { count }) => sum + count, 0)).toBe(sessions.length);
    const store = why.tree.find(({ name }) => name === "main.store")!;
    // samples/README.md: 450 visitors who never logged out, 50 members who did and hang on a closure.
    expect(store.children.map(({ name, count }) => [name, count])).toEqual([
      ["byToken", 450],
      ["onShutdown", 50],
    ]);
    expect(renderWhy(why)).toContain("450    byToken  (map[string]*main.Session)");
  });

  it("is for one object its way as an expression, and the steps of it", async () => {
    const session = objectsOf("main.Session").at(-1)!;
    const address = heap.formatAddress(heap.objects.address[session]!);
    const why = await explainWhy(heap, [address]);
    expect(why.asked).toBe(`main.Session at ${address}`);
    expect(why.tree).toEqual([]);
    const [path] = why.paths;
    expect(path!.steps[0]!.name).toBe("main.store");
    expect(path!.steps.at(-1)).toMatchObject({ type: "main.Session", address });
    expect(path!.steps.map(({ type }) => type)).not.toContainEqual(expect.stringContaining("map.group"));
    expect(renderWhy(why)).toContain(path!.expression);
  });

  it("is several ways from different roots, if they are asked for", async () => {
    const [store] = objectsOf("main.SessionStore");
    const address = heap.formatAddress(heap.objects.address[store!]!);
    const { paths } = await explainWhy(heap, [address], 5);
    expect(paths.length).toBeGreaterThan(1);
    expect(new Set(paths.map(({ expression, where }) => `${expression} ${where}`)).size).toBe(paths.length);
    for (const path of paths) expect(path.steps.at(-1)!.address).toBe(address);
    const lengths = paths.map(({ steps }) => steps.length);
    expect(Math.min(...lengths)).toBe(lengths[0]);
  });

  it("finds types by pattern and by their last name, and says what is not there", async () => {
    expect((await explainWhy(heap, ["/^main\\.Session$/"])).count).toBe(objectsOf("main.Session").length);
    await expect(explainWhy(heap, ["main.Sesion"])).rejects.toThrow("no object is of a type called main.Sesion");
    await expect(explainWhy(heap, ["/(/"])).rejects.toThrow("is no pattern");
    await expect(explainWhy(heap, ["0xzz"])).rejects.toThrow("is no address");
    await expect(explainWhy(heap, ["0x1"])).rejects.toThrow("there is no object at 0x1");
  });
});
