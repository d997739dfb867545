/** Maps of both designs: buckets until Go 1.23, groups since. */
import { describe, expect, test } from "vitest";
import { TypeSource } from "../../../src/heap/objects.ts";
import type { DumpBuilder, Slot } from "../../support/dump-builder.ts";
import { type FixtureType, TypeFixture } from "../type-fixture.ts";
import { typeDump } from "../typed-dump.ts";

/** A map[string]*main.User, in the buckets or groups of one entry that a test has room for. */
function userMap(types: TypeFixture, isSwiss: boolean): { map: FixtureType; user: FixtureType; group: FixtureType } {
  const user = types.struct("main.User", [
    ["id", types.int()],
    ["name", types.string()],
  ]);
  const group = isSwiss
    ? types.struct("map.group[string]*main.User", [
        ["ctrl", types.int()],
        ["key", types.string()],
        ["elem", types.pointer(user)],
      ])
    : types.struct("map.bucket[string]*main.User", [
        ["topbits", types.int()],
        ["keys", types.string()],
        ["elems", types.pointer(user)],
        ["overflow", types.unsafePointer()],
      ]);
  return { map: types.map(types.string(), types.pointer(user), group), user, group };
}

function addSwissLayouts(types: TypeFixture): void {
  types.struct("internal/runtime/maps.Map", [
    ["used", types.int()],
    ["seed", types.uintptr()],
    ["dirPtr", types.unsafePointer()],
    ["dirLen", types.int()],
    ["clearSeq", types.int()],
  ]);
  const groups = types.struct("internal/runtime/maps.groupsReference", [
    ["data", types.unsafePointer()],
    ["lengthMask", types.int()],
  ]);
  types.struct("internal/runtime/maps.table", [
    ["used", types.int()],
    ["groups", groups],
  ]);
}

function addBucketLayouts(types: TypeFixture): void {
  const extra = types.struct("runtime.mapextra", [
    ["overflow", types.pointer(types.slice(types.unsafePointer()))],
    ["nextOverflow", types.unsafePointer()],
  ]);
  types.struct("runtime.hmap", [
    ["count", types.int()],
    ["flags", types.uint8()],
    ["B", types.uint8()],
    ["noverflow", types.array(6, types.uint8())],
    ["buckets", types.unsafePointer()],
    ["oldbuckets", types.unsafePointer()],
    ["extra", types.pointer(extra)],
  ]);
}

/** Adds a global that holds a struct with the map in it. */
function rootHolder(d: DumpBuilder, types: TypeFixture, map: FixtureType, header: Slot): void {
  const holder = types.struct("main.Holder", [
    ["users", map],
    ["name", types.string()],
  ]);
  const object = d.object(24).point(0, header).list(8);
  d.data.size += 16;
  d.data.store(0, types.pointer(holder).address).point(8, object);
}

const EXPECTED = ["map[string]*main.User", "main.User", "string"];

describe("Go ≥ 1.24", () => {
  test("a small map points to its one group", async () => {
    const types = new TypeFixture();
    addSwissLayouts(types);
    const { map } = userMap(types, true);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [header, group, user, key] = [d.object(48), d.object(32), d.object(24), d.object(8)];
      header.point(16, group).store(24, 0);
      group.point(8, key).store(16, 4).point(24, user);
      user.list(8);
      rootHolder(d, types, map, header);
      slots = [header, user, key, group];
    });
    expect(slots.map(typed.typeOf)).toEqual([...EXPECTED, "map.group[string]*main.User"]);
  });

  test("a large map points to a directory of tables of groups", async () => {
    const types = new TypeFixture();
    addSwissLayouts(types);
    const { map } = userMap(types, true);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [header, directory, table] = [d.object(48), d.object(16), d.object(24)];
      const [groups, user, key] = [d.object(64), d.object(24), d.object(8)];
      header.point(16, directory).store(24, 2);
      directory.point(0, table).point(8, table);
      table.point(8, groups).store(16, 1);
      groups.list(8).list(24).point(40, key).store(48, 4).point(56, user);
      user.list(8);
      rootHolder(d, types, map, header);
      slots = [header, user, key, groups, table, directory];
    });
    expect(slots.map(typed.typeOf)).toEqual([
      ...EXPECTED,
      "[]map.group[string]*main.User",
      "map[string]*main.User (table)",
      "map[string]*main.User (directory)",
    ]);
  });
});

describe("a map whose header is on a stack", () => {
  async function typesOf(isFilled: boolean): Promise<(string | undefined)[]> {
    const types = new TypeFixture();
    addSwissLayouts(types);
    userMap(types, true);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [directory, table, other] = [d.object(32), d.object(24), d.object(24)];
      const [groups, more] = [d.object(64), d.object(32)];
      const [user, key] = [d.object(24), d.object(8)];
      directory.point(0, table).point(8, table).point(16, other).point(24, other);
      table.point(8, groups).store(16, 1);
      other.point(8, more).store(16, 0);
      groups.list(8).list(24);
      if (isFilled) groups.point(40, key).store(48, 4).point(56, user);
      else groups.list(40).list(56);
      more.list(8).list(24);
      user.list(8);
      d.root(directory);
      slots = [directory, table, other, groups, more, user, key];
    });
    return slots.map(typed.typeOf);
  }

  test("is known by what its tables have in their groups", async () => {
    const [map, user] = ["map[string]*main.User", "main.User"];
    const groups = "map.group[string]*main.User";
    expect(await typesOf(true)).toEqual([
      `${map} (directory)`,
      ...Array(2).fill(`${map} (table)`),
      ...[`[]${groups}`, groups, user, "string"],
    ]);
  });

  test("is not guessed where nothing in the groups speaks for it", async () => {
    expect((await typesOf(false))[0]).not.toBe("map[string]*main.User (directory)");
  });
});

describe("Go ≤ 1.23", () => {
  test("a map points to its buckets, and they to others", async () => {
    const types = new TypeFixture();
    addBucketLayouts(types);
    const { map } = userMap(types, false);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [header, bucket, overflow] = [d.object(48), d.object(48), d.object(48)];
      const [user, key] = [d.object(24), d.object(8)];
      header.point(16, bucket).list(24).list(32);
      bucket.list(8).list(24).point(32, overflow);
      overflow.point(8, key).store(16, 4).point(24, user).list(32);
      user.list(8);
      rootHolder(d, types, map, header);
      slots = [header, user, key, bucket, overflow];
    });
    const name = "map.bucket[string]*main.User";
    expect(slots.map(typed.typeOf)).toEqual([...EXPECTED, name, name]);
  });

  test("that nothing typed refers to is known by what only one map type explains", async () => {
    const types = new TypeFixture();
    addBucketLayouts(types);
    const { group } = userMap(types, false);
    const other = types.struct("map.bucket[*int]string", [
      ["topbits", types.int()],
      ["keys", types.pointer(types.int())],
      ["pad", types.int()],
      ["elems", types.string()],
    ]);
    types.map(types.pointer(types.int()), types.string(), other);
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [header, bucket, user, key] = [d.object(48), d.object(48), d.object(24), d.object(8)];
      header.point(16, bucket).list(24).list(32);
      bucket.point(8, key).store(16, 4).point(24, user).list(32);
      user.list(8);
      d.root(header);
      slots = [header, user, key];
    });
    expect(group.size).toBe(40);
    expect(slots.map(typed.typeOf)).toEqual(EXPECTED);
  });

  test("that several map types explain alike, with the same keys, is a map of those keys; its values are not known", async () => {
    const types = new TypeFixture();
    addBucketLayouts(types);
    for (const elem of [types.int(), types.uintptr()]) {
      const bucket = types.struct(`map.bucket[string]${elem.name}`, [
        ["topbits", types.int()],
        ["keys", types.string()],
        ["elems", elem],
        ["overflow", types.unsafePointer()],
      ]);
      types.map(types.string(), elem, bucket);
    }
    let slots: Slot[] = [];
    const typed = await typeDump(types, (d) => {
      const [header, bucket, overflow] = [d.object(48), d.object(48), d.object(48)];
      const [key, other] = [d.object(16), d.object(16)];
      header.point(16, bucket).list(24).list(32);
      bucket.point(8, key).store(16, 12).point(32, overflow);
      overflow.point(8, other).store(16, 12).list(32);
      d.root(header);
      slots = [header, bucket, overflow, key, other];
    });
    expect(slots.map(typed.typeOf)).toEqual([
      "map[string]?",
      "map.bucket[string]?",
      "map.bucket[string]?",
      "string",
      "string",
    ]);
    expect(slots.map(typed.sourceOf)).toEqual(Array(5).fill(TypeSource.INFERRED));
  });
});
