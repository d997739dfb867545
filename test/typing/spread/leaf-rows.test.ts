import { expect, test } from "vitest";
import { LeafRows, UNLISTED } from "../../../src/typing/spread/leaf-rows.ts";
import { LazyNode } from "../../../src/typing/universe/lazy-node.ts";
import { LeafKind, type LeavesBuilder, listLeaves } from "../../../src/typing/universe/leaves.ts";
import { NodeKind, type TypeNode } from "../../../src/typing/universe/type-node.ts";

const nodes: TypeNode[] = [];

function addNode(size: number, build: (leaves: LeavesBuilder) => void): TypeNode {
  const node = new LazyNode(nodes.length, NodeKind.TYPE, "T", size, undefined, undefined, () => listLeaves(build));
  nodes.push(node);
  return node;
}

test("lists the words of each node side by side, in whatever order nodes are asked for", () => {
  const rows = new LeafRows(nodes);
  // More nodes, and more words, than there is room for at first.
  for (let i = 0; i < 3000; i++) {
    addNode(8 * i + 8, (leaves) => {
      for (let word = 0; word <= i % 5; word++)
        leaves.add(8 * word, word === 0 ? LeafKind.POINTER : LeafKind.SLICE, nodes[0]);
    });
  }
  const none = addNode(2 ** 40, () => {});
  for (const id of [2999, none.id, 0, 1500, 2999, 7]) rows.list(id);
  for (const id of [2999, 0, 1500, 7]) {
    const { leaves, size } = nodes[id]!;
    const first = rows.first[id]!;
    expect(rows.end[id]! - first).toBe(leaves.offset.length);
    expect(rows.size[id]).toBe(size);
    for (let leaf = 0; leaf < leaves.offset.length; leaf++) {
      const row = first + leaf;
      expect([rows.offset[row], rows.kind[row], rows.pointee[row], rows.elem[row]]).toEqual([
        leaves.offset[leaf],
        leaves.kind[leaf],
        leaves.pointee[leaf],
        leaves.elem[leaf],
      ]);
    }
  }
  expect(rows.end[none.id]).toBe(rows.first[none.id]);
  // Larger than every offset, as the value is.
  expect(rows.size[none.id]).toBe(2 ** 32 - 1);
  expect(rows.first[1]).toBe(UNLISTED);
});
