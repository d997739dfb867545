/** Values of less than 16 bytes without pointers, of which few have a slot alone. */
import { expect, test } from "vitest";
import { renderWhy } from "../../../src/cli/why/why-text.ts";
import { explainWhy } from "../../../src/findings/why/why.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

test("more of a small type may be in slots that are shared, which is said of types and of nothing else", async () => {
  const types = new TypeFixture();
  const money = types.struct("main.Money", [["Cents", types.uintptr()]]);
  const wide = types.struct("main.Wide", [["all", types.array(16, types.uint8())]]);
  const link = types.struct("main.Link", [["to", types.pointer(wide)]]);
  const two = types.struct("main.Two", [
    ["flag", types.pointer(types.bool())],
    ["text", types.string()],
    ["byte", types.pointer(types.uint8())],
    ["alone", types.pointer(money)],
    ["wide", types.pointer(wide)],
    ["link", types.pointer(link)],
  ]);
  const { heap } = await typeDump(types, (d) => {
    const [root, shared, alone, first] = [d.object(64), d.object(16), d.object(16), d.object(16)];
    root.point(0, shared).point(8, shared, 1).store(16, 3).point(24, shared, 4).point(32, alone).point(40, first);
    // Of what has pointers each value has a slot.
    root.point(48, d.object(8).point(0, first));
    d.data.size += 16;
    d.data.store(0, types.pointer(two).address).point(8, root);
  });
  const why = await explainWhy(heap, ["main.Money"]);
  expect(why).toMatchObject({ count: 1, sharedSlots: 1 });
  expect(renderWhy(why)).toContain(
    "\nmore of them may be among the small values that share 1 slot, called (tiny block)\n",
  );
  for (const other of [
    "main.Wide",
    "main.Link",
    "main.Two",
    "(tiny block)",
    "/main/",
    heap.formatAddress(heap.objects.address[0]!),
  ])
    expect((await explainWhy(heap, [other])).sharedSlots).toBe(0);
});
