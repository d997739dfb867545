/** Which objects are parts of one thing: maps, channels, lists, trees. */
import { describe, expect, test } from "vitest";
import { computeContainers } from "../../src/values/values.ts";
import type { DumpBuilder, Slot } from "../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../typing/type-fixture.ts";
import { typeDump } from "../typing/typed-dump.ts";
import { addBucketMap, addSwissMap } from "./value-fixture.ts";

/** For each object that was drawn, the place in the drawing of what stands for its container. */
async function containersOf(
  types: TypeFixture,
  draw: (d: DumpBuilder) => readonly Slot[],
): Promise<{ readonly containers: number[]; readonly types: (string | undefined)[] }> {
  let slots: readonly Slot[] = [];
  const typed = await typeDump(types, (d) => {
    slots = draw(d);
  });
  const containers = await computeContainers(typed.heap);
  const objects = slots.map((slot) => typed.heap.findObject(slot.address));
  return { containers: objects.map((object) => objects.indexOf(containers[object]!)), types: slots.map(typed.typeOf) };
}

/** A global interface that holds a pointer to a value. */
function root(d: DumpBuilder, types: TypeFixture, type: FixtureType, object: Slot): void {
  const at = d.data.size;
  d.data.size += 16;
  d.data.store(at, types.pointer(type).address).point(at + 8, object);
}

/** A node with a pointer to the next and to the one before, and a list that has the first and the last. */
function nodeTypes(types: TypeFixture): { readonly node: FixtureType; readonly list: FixtureType } {
  const node = types.struct("main.node", []);
  types.setFields(node, [
    ["next", types.pointer(node)],
    ["prev", types.pointer(node)],
    ["value", types.pointer(types.string())],
  ]);
  const list = types.struct("main.list", [
    ["head", types.pointer(node)],
    ["tail", types.pointer(node)],
    ["length", types.int()],
    ["name", types.pointer(types.string())],
    ["more", types.int()],
  ]);
  return { node, list };
}

function link(nodes: readonly Slot[]): void {
  for (const [i, slot] of nodes.entries()) {
    slot
      .point(0, nodes[i + 1] ?? 0)
      .point(8, nodes[i - 1] ?? 0)
      .list(16);
  }
}

/** The types of container/list. */
function listTypes(types: TypeFixture) {
  const element = types.struct("container/list.Element", []);
  const list = types.struct("container/list.List", []);
  types.setFields(element, [
    ["next", types.pointer(element)],
    ["prev", types.pointer(element)],
    ["list", types.pointer(list)],
    ["Value", types.any()],
  ]);
  types.setFields(list, [
    ["root", element],
    ["len", types.int()],
  ]);
  return { element, list };
}

describe("maps", () => {
  test("of buckets: header, buckets, overflow buckets and what lists them", async () => {
    const types = new TypeFixture();
    const map = addBucketMap(types, types.string(), types.pointer(types.int()));
    const holder = types.struct("main.Holder", [
      ["users", map],
      ["name", types.string()],
    ]);
    const { containers, types: names } = await containersOf(types, (d) => {
      const size = 8 + 128 + 64 + 8;
      const [object, header, bucket, overflow, key] = [
        d.object(24),
        d.object(48),
        d.object(size),
        d.object(size),
        d.object(8),
      ];
      object.point(0, header).list(8);
      header.store(0, 9).point(16, bucket).list(24).list(40);
      for (const slot of [bucket, overflow]) {
        if (slot === bucket) slot.point(8, key).store(16, 3);
        else slot.list(8);
        for (let i = 1; i < 8; i++) slot.list(8 + 16 * i);
        for (let i = 0; i < 8; i++) slot.list(136 + 8 * i);
      }
      bucket.point(200, overflow);
      overflow.list(200);
      root(d, types, holder, object);
      return [object, header, bucket, overflow, key];
    });
    expect(names[1]).toBe("map[string]*int");
    expect(containers).toEqual([0, 1, 1, 1, 4]);
  });

  test("of tables: header, directory, tables and groups", async () => {
    const types = new TypeFixture();
    const map = addSwissMap(types, types.string(), types.pointer(types.int()));
    const holder = types.struct("main.Holder", [
      ["users", map],
      ["name", types.string()],
    ]);
    const { containers, types: names } = await containersOf(types, (d) => {
      const size = 8 + 8 * 24;
      const [object, header, directory] = [d.object(24), d.object(48), d.object(16)];
      const tables = [d.object(32), d.object(32)];
      const groups = [d.object(2 * size), d.object(2 * size)];
      object.point(0, header).list(8);
      header.store(0, 3).point(16, directory).store(24, 2);
      for (const [i, table] of tables.entries()) {
        directory.point(8 * i, table);
        table.store(0, 0x0010).point(16, groups[i]!).store(24, 1);
        for (let slot = 0; slot < 16; slot++) {
          const at = (slot >> 3) * size + 8 + 24 * (slot & 7);
          groups[i]!.list(at).list(at + 16);
        }
      }
      root(d, types, holder, object);
      return [object, header, directory, ...tables, ...groups];
    });
    expect(names[1]).toBe("map[string]*int");
    expect(containers).toEqual([0, 1, 1, 1, 1, 1, 1]);
  });
});

test("a channel and its buffer", async () => {
  const types = new TypeFixture();
  types.addChannelLayout();
  const elem = types.pointer(
    types.struct("main.Job", [
      ["id", types.pointer(types.int())],
      ["n", types.int()],
    ]),
  );
  const { containers } = await containersOf(types, (d) => {
    const [channel, buffer, job] = [d.object(48), d.object(32), d.object(16)];
    channel.point(16, buffer).store(0, 1).store(8, 4).store(24, 8).store(32, elem.address);
    buffer.point(0, job).list(8).list(16).list(24);
    job.list(0);
    d.root(channel);
    return [channel, buffer, job];
  });
  expect(containers).toEqual([0, 0, 2]);
});

describe("lists", () => {
  test("are called by what alone refers to their nodes", async () => {
    const types = new TypeFixture();
    const { list } = nodeTypes(types);
    const { containers } = await containersOf(types, (d) => {
      const object = d.object(48);
      const nodes = Array.from({ length: 5 }, () => d.object(24));
      link(nodes);
      object.point(0, nodes[0]!).point(8, nodes[4]!).list(24);
      root(d, types, list, object);
      return [object, ...nodes];
    });
    expect(containers).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("by the node that something else refers to, where that is a root", async () => {
    const types = new TypeFixture();
    const { node } = nodeTypes(types);
    const { containers } = await containersOf(types, (d) => {
      const nodes = Array.from({ length: 4 }, () => d.object(24));
      link([nodes[2]!, nodes[0]!, nodes[3]!, nodes[1]!]);
      root(d, types, node, nodes[2]!);
      return nodes;
    });
    expect(containers).toEqual([2, 2, 2, 2]);
  });

  test("whoever walks along one does not divide it", async () => {
    const types = new TypeFixture();
    const { list } = nodeTypes(types);
    const { containers } = await containersOf(types, (d) => {
      const object = d.object(48);
      const nodes = Array.from({ length: 5 }, () => d.object(24));
      link(nodes);
      object.point(0, nodes[0]!).point(8, nodes[4]!).list(24);
      root(d, types, list, object);
      d.goroutine().frame("main.walk", 16).point(0, nodes[2]!);
      return [object, ...nodes];
    });
    expect(containers).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("a chain that a single pointer leads to is no part of who has it", async () => {
    const types = new TypeFixture();
    const { list } = nodeTypes(types);
    const { containers } = await containersOf(types, (d) => {
      const [object, nodes] = [d.object(48), Array.from({ length: 3 }, () => d.object(24))];
      link(nodes);
      object.point(0, nodes[0]!).list(8).list(24);
      root(d, types, list, object);
      // Head and tail of a list with one node are two pointers.
      const [other, pair] = [d.object(48), [d.object(24), d.object(24)]];
      link(pair);
      other.point(0, pair[0]!).point(8, pair[0]!).list(24);
      root(d, types, list, other);
      return [object, ...nodes, other, ...pair];
    });
    expect(containers).toEqual([0, 1, 1, 1, 4, 4, 4]);
  });

  test("nodes that something else refers to as well are themselves", async () => {
    const types = new TypeFixture();
    const { node } = nodeTypes(types);
    const { containers } = await containersOf(types, (d) => {
      const nodes = Array.from({ length: 4 }, () => d.object(24));
      link(nodes);
      const index = d.object(32);
      for (const [i, slot] of nodes.entries()) index.point(8 * i, slot);
      root(d, types, node, nodes[0]!);
      const header = d.object(24).point(0, index).store(8, 4).store(16, 4);
      const at = d.data.size;
      d.data.size += 16;
      d.data.store(at, types.slice(types.pointer(node)).address).point(at + 8, header);
      return nodes;
    });
    expect(containers).toEqual([0, 1, 2, 3]);
  });

  test("of container/list have the nodes that say so, though a map has them, too", async () => {
    const types = new TypeFixture();
    const { element, list } = listTypes(types);
    const { containers } = await containersOf(types, (d) => {
      const object = d.object(48);
      const nodes = Array.from({ length: 4 }, () => d.object(40));
      const index = d.object(32);
      for (const [i, slot] of nodes.entries()) {
        slot
          .point(0, nodes[i + 1] ?? object)
          .point(8, nodes[i - 1] ?? object)
          .point(16, object)
          .list(32);
        index.point(8 * i, slot);
      }
      object.point(0, nodes[0]!).point(8, nodes[3]!).list(16).list(32).store(40, 4);
      root(d, types, list, object);
      const header = d.object(24).point(0, index).store(8, 4).store(16, 4);
      const at = d.data.size;
      d.data.size += 16;
      d.data.store(at, types.slice(types.pointer(element)).address).point(at + 8, header);
      return [object, ...nodes];
    });
    expect(containers).toEqual([0, 0, 0, 0, 0]);
  });

  test("of container/list whose header is in a variable are one thing all the same", async () => {
    const types = new TypeFixture();
    const { element } = listTypes(types);
    const { containers, types: names } = await containersOf(types, (d) => {
      const nodes = Array.from({ length: 4 }, () => d.object(40));
      root(d, types, element, nodes[0]!);
      const at = d.data.size;
      d.data.size += 48;
      const header = 0x55_0000 + at;
      d.data
        .point(at, nodes[0]!)
        .point(at + 8, nodes[3]!)
        .store(at + 16, header);
      for (const [i, slot] of nodes.entries()) {
        slot
          .point(0, nodes[i + 1] ?? header)
          .point(8, nodes[i - 1] ?? header)
          .point(16, header)
          .list(32);
      }
      return nodes;
    });
    expect(names).toEqual(Array(4).fill("container/list.Element"));
    expect(containers).toEqual([0, 0, 0, 0]);
  });

  test("trees are one thing, a node alone is itself, and garbage is nothing's part", async () => {
    const types = new TypeFixture();
    const { node, list } = nodeTypes(types);
    const { containers } = await containersOf(types, (d) => {
      const tree = Array.from({ length: 7 }, () => d.object(24));
      for (const [i, slot] of tree.entries())
        slot
          .point(0, tree[2 * i + 1] ?? 0)
          .point(8, tree[2 * i + 2] ?? 0)
          .list(16);
      root(d, types, node, tree[0]!);
      const [alone, holder] = [d.object(24).list(0).list(8).list(16), d.object(48)];
      holder.point(0, alone).list(8).list(24);
      root(d, types, list, holder);
      const garbage = [d.object(24), d.object(24)];
      link(garbage);
      return [...tree, alone, holder, ...garbage];
    });
    expect(containers).toEqual([0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 10]);
  });
});
