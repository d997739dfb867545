import { describe, expect, test } from "vitest";
import { FrameNames, unbroken } from "../../../converters/pprof/frame-names.ts";
import { TypeKind } from "../../../src/index.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

function namesOf(types: readonly string[], kind: number = TypeKind.NAMED): FrameNames {
  const heap = drawHeap((s) => {
    for (const type of types) s.global(s.object({ type }));
  });
  return new FrameNames({ ...heap, types: { ...heap.types, kind: heap.types.kind.fill(kind) } });
}

describe("a short name", () => {
  test.each([
    ["main.Node", "main.Node"],
    ["net/http.conn", "http.conn"],
    ["", ""],
  ])("of %s is %s", (name, short) => expect(namesOf([]).short(name)).toBe(short));

  test("is not given to two of the heap", () => {
    const names = namesOf(["math/rand.Rand", "crypto/rand.Rand", "math/rand.Source"]);
    expect(names.short("math/rand.Rand")).toBe("math/rand.Rand");
    expect(names.short("crypto/rand.Rand")).toBe("crypto/rand.Rand");
    expect(names.short("math/rand.Source")).toBe("rand.Source");
  });

  test("leaves sizes and pointer masks alone", () => {
    expect(namesOf(["obj/32{p.p.}", "noscan/64"], TypeKind.SHAPE).short("obj/32{p.p.}")).toBe("obj/32{p.p.}");
  });
});

test.each([
  ["main.Node", "main.Node"],
  ["main.Node ×n", "main.Node ×n"],
  ["main.Pair[int]", "main.Pair[int]"],
  ["next main.Node", "next main·Node"],
  ["[]main.Node", "[]main·Node"],
  ["main.Pair[main.K]", "main·Pair[main·K]"],
  ["held by main.store, main.main app", "held by main·store, main·main app"],
  ["gopkg.in/yaml.v3.Node", "gopkg·in/yaml·v3·Node"],
  ["globals", "globals"],
])("%s is shown as %s", (name, shown) => expect(unbroken(name)).toBe(shown));
