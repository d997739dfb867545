import { expect, test } from "vitest";
import { bitsOfObjects, bitsOfTypes, ObjectSet } from "../../src/values/object-set.ts";

test.each([1, 31, 32, 33, 64, 200])(
  "%i objects: numbers ascend with the objects, and the next is the next",
  (count) => {
    const type = Int32Array.from({ length: count }, (_, i) => (i * 7 + (i >>> 3)) % 5);
    const inSet = [...type.keys()].filter((object) => type[object] === 1 || type[object] === 4);
    const set = new ObjectSet(bitsOfTypes(type, Uint8Array.of(0, 1, 0, 0, 1)));
    expect(set.count).toBe(inSet.length);
    expect([...type.keys()].map((object) => set.indexOf(object))).toEqual(
      [...type.keys()].map((object) => inSet.indexOf(object)),
    );
    const walked: number[] = [];
    for (let object = set.next(-1); object >= 0; object = set.next(object)) walked.push(object);
    expect(walked).toEqual(inSet);
    expect(bitsOfObjects(Int32Array.from(inSet), count)).toEqual(bitsOfTypes(type, Uint8Array.of(0, 1, 0, 0, 1)));
  },
);
