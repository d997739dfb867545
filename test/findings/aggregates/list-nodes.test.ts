/** Nodes of lists in the sums of owner paths: they are no path of their own, so how many there are is told beside it. */
import { expect, test } from "vitest";
import { sumOwnerPaths } from "../../../src/findings/aggregates/owner-path-sums.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

/** A queue in a global interface, with pointers to the first and the last of so many messages, which have the next. */
async function sumQueue(messages: number) {
  const types = new TypeFixture();
  const message = types.struct("main.message", []);
  types.setFields(message, [
    ["next", types.pointer(message)],
    ["id", types.int()],
  ]);
  const queue = types.struct("main.queue", [
    ["first", types.pointer(message)],
    ["last", types.pointer(message)],
    ["length", types.int()],
  ]);
  const typed = await typeDump(types, (d) => {
    const nodes = Array.from({ length: messages }, () => d.object(16));
    for (const [i, node] of nodes.entries()) node.point(0, nodes[i + 1] ?? 0).store(8, i);
    const head = d.object(24).point(0, nodes[0]!).point(8, nodes.at(-1)!);
    const at = d.data.size;
    d.data.size += 16;
    d.data.store(at, types.pointer(queue).address).point(at + 8, head);
  });
  const { tree, things, objects, nodes, nodeTypes } = await sumOwnerPaths(typed.heap, NO_PROGRESS);
  const row = [...nodeTypes.keys()].find((each) => tree.typeOf(each) === "main.queue")!;
  return { things: things[row], objects: objects[row], nodes: nodes[row], type: nodeTypes[row], all: nodes };
}

test("counts the nodes of a list that is a part of what the path ends with", async () => {
  const sums = await sumQueue(40);
  expect(sums).toMatchObject({ things: 1, objects: 41, nodes: 40, type: "main.message" });
  expect(sums.all.reduce((sum, nodes) => sum + nodes, 0)).toBe(40);
});
