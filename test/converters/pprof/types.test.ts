import { expect, test } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import { type Heap, TypeKind, TypeSource } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";
import { readProfile, showSample } from "../../support/readers/profile-reader.ts";

test("--profile types: packages and types, with how they are known and whether they are garbage", async () => {
  const drawn = drawHeap((s) => {
    for (const [type, size] of [
      ["main.User", 32],
      ["main.User", 32],
      ["main.User", 32],
      ["[]main.User", 320],
      ["noscan/48", 48],
      ["string", 16],
    ] as const) {
      const object = s.object({ type, size });
      if (object !== 2) s.global(object);
    }
  });
  const heap: Heap = {
    ...drawn,
    types: { ...drawn.types, kind: Uint8Array.of(TypeKind.NAMED, TypeKind.NAMED, TypeKind.SHAPE, TypeKind.STRING) },
    objects: {
      ...drawn.objects,
      typeSource: Uint8Array.of(
        TypeSource.EXACT,
        TypeSource.INFERRED,
        TypeSource.EXACT,
        TypeSource.PROPAGATED,
        TypeSource.NONE,
        TypeSource.PROPAGATED,
      ),
    },
  };
  const { bytes } = await convertToBytes(pprof, heap, { profile: "types" });
  const profile = readProfile(bytes);
  expect(profile.samples.map((sample) => [showSample(sample), Object.values(sample.labels).join(", ")])).toEqual([
    ["main › main.User 1 32", "type, by the runtime, yes"],
    ["main › main.User 1 32", "type, by the runtime, no"],
    ["main › ~main·User 1 32", "type, by its contents, no"],
    ["main › []main·User 1 320", "type, by what refers to it, no"],
    ["(unknown) › noscan/48 1 48", "size and pointer mask, not, no"],
    ["(predeclared) › string 1 16", "string, by what refers to it, no"],
  ]);
  expect(Object.keys(profile.samples[0]!.labels)).toEqual(["kind", "typed", "garbage"]);
  expect(profile).toMatchObject({
    sampleTypes: ["inuse_objects/count", "inuse_space/bytes"],
    periodType: "space/bytes",
    totals: [6, 480],
  });
  expect(profile.comments.join()).toContain("the dump tells the types of 90.0 % of the bytes");
});
