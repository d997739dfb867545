/** Addresses to ask about: as reports print them, as CSV has them, and lists of them. */
import { describe, expect, test } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { findListed } from "../../../src/findings/why/address-list.ts";
import { findTargets } from "../../../src/findings/why/targets.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const heap = drawHeap((sketch) => {
  for (const type of ["main.T", "main.T", "main.U"]) sketch.global(sketch.object({ type }));
});
const address = (object: number): number => heap.objects.address[object]!;
const hex = (object: number): string => `0x${address(object).toString(16)}`;

test("an address may be hexadecimal or decimal, and inside an object", () => {
  for (const text of [hex(1), hex(1).toUpperCase().replace("X", "x"), String(address(1)), String(address(1) + 1)]) {
    expect([...findTargets(heap, text, undefined).objects]).toEqual([1]);
  }
  expect(() => findTargets(heap, "7", undefined)).toThrow("there is no object at 7");
  expect(() => findTargets(heap, "9".repeat(30), undefined)).toThrow("is not an address");
});

describe("a list of addresses", () => {
  const list = (text: string) => findListed(heap, { name: "list.txt", text }, NO_PROGRESS);

  test("has one a line, each counted once; the heading and line breaks of CSV do not matter", async () => {
    expect(await list(`address\r\n${address(1)}\r\n${address(0)}\r\n`)).toEqual({
      description: "main.T of list.txt",
      isNamedByType: true,
      objects: Int32Array.of(0, 1),
      isPath: false,
    });
    expect([...(await list(`\n${hex(2)}\n\n  ${address(2)}`)).objects]).toEqual([2]);
    expect((await list(`${hex(2)}\n${hex(0)}`)).description).toBe("object of list.txt");
  });

  test.each([
    "\"printf('0x%x', address)\"",
    "hex(address)",
    "('0x' || to_hex(o.address))",
    "CAST(address AS VARCHAR)",
    // Of SELECT address AS …
    "object_address",
    '"at"',
  ])("may have the heading %s", async (heading) => {
    expect([...(await list(`${heading}\r\n${hex(2)}\r\n`)).objects]).toEqual([2]);
  });

  test("has nothing else", async () => {
    const refusal = (text: string): Promise<string> => list(text).then(String, ({ message }: Error) => message);
    for (const name of ["main.address", "main.T", "main.(*Book).address", "/T/"])
      expect(await refusal(`${name}\n${hex(0)}\n`)).toBe(`line 1 of list.txt is not an address: ${name}`);
    expect(await refusal(`${hex(0)}\nmain.T\n`)).toBe("line 2 of list.txt is not an address: main.T");
    expect(await refusal(`${hex(0)}\r\naddress\r\n`)).toBe("line 2 of list.txt is not an address: address");
    expect(await refusal(`\nname\naddress\n${hex(0)}`)).toBe("line 3 of list.txt is not an address: address");
    expect(await refusal(`address\r\n${address(0)}\r\n12\r\n`)).toBe("there is no object at 12, line 3 of list.txt");
    for (const text of ["", "\n \n", "address\n"])
      expect(await refusal(text)).toBe("there are no addresses in list.txt");
  });

  test("may be long: whoever wants to stop is heard", async () => {
    const stopped = new AbortController();
    stopped.abort(new Error("stopped"));
    const text = `${hex(0)}\n`.repeat(1 << 15);
    const progress = { ...NO_PROGRESS, signal: stopped.signal };
    await expect(findListed(heap, { name: "list.txt", text }, progress)).rejects.toThrow("stopped");
  });

  test("is told as one, beside what else is asked for", async () => {
    const text = `${hex(0)}\n${hex(1)}\n`;
    expect(renderWhy(await explainWhy(heap, [{ name: "list.txt", text }]))).toMatch(/^2 × main\.T of list\.txt, /);
    const why = await explainWhy(heap, ["main.U", { name: "list.txt", text }]);
    expect(why).toMatchObject({ asked: "main.U, main.T of list.txt", count: 3 });
  });
});
