/** What packages call themselves, from descriptors. */
import { expect, test } from "vitest";
import type { Type } from "../../../src/binary/index.ts";
import { listPackageNames } from "../../../src/typing/names/package-names.ts";
import type { TypeNode } from "../../../src/typing/universe/type-node.ts";
import { TypeFixture } from "../type-fixture.ts";

const types = new TypeFixture();

/** A type as a descriptor tells of it: a name with the package's, and the path. */
function named(string: string, packagePath: string): Type {
  return Object.assign(types.struct(string, [["n", types.int()]]), { string, packagePath });
}

const nodeOf = (type: Type): TypeNode => ({ type }) as Partial<TypeNode> as TypeNode;
const listed = (...some: readonly Type[]): readonly (readonly [string, string])[] => [
  ...listPackageNames(some.map(nodeOf)),
];

test.each([
  ["sqlite3.Conn", "example.com/x/go-sqlite3", "sqlite3"],
  ["nats.Msg", "example.com/x/nats.go", "nats"],
  ["lru.Cache[string,example.com/b/c.T]", "example.com/x/golang-lru/v2", "lru"],
  ["io_client.Pair", "example.com/x/go", "io_client"],
])("%s of %s", (string, path, name) => {
  expect(listed(named(string, path))).toEqual([[path, name]]);
});

test.each([
  ["http.Header", "net/http"],
  ["redis.Client", "example.com/redis/v9"],
  ["yaml.Node", "gopkg.in/yaml.v3"],
  // A package that is really called so: its folder tells more.
  ["v1.Pod", "k8s.io/api/core/v1"],
  ["main.T", "main"],
  // As debug information has it, which knows no names of packages.
  ["go-sqlite3.Conn", "example.com/x/go-sqlite3"],
  ["nats.go.Conn", "example.com/x/nats.go"],
])("nothing has to be told of %s of %s", (string, path) => {
  expect(listed(named(string, path))).toEqual([]);
});

test("elements and fields of what is there count, too", () => {
  const message = named("nats.Msg", "example.com/x/nats.go");
  const cached = named("cache.Item", "example.com/x/go-cache");
  const holder = types.struct("main.Holder", [
    ["messages", types.slice(types.pointer(message))],
    ["item", cached],
  ]);
  const nats = ["example.com/x/nats.go", "nats"] as const;
  expect(listed(types.slice(types.pointer(message)))).toEqual([nats]);
  expect(new Map(listed(holder))).toEqual(new Map([nats, ["example.com/x/go-cache", "cache"]]));
  // Of what a value only points to, nobody reads the fields.
  expect(listed(types.pointer(holder))).toEqual([]);
});
