import { expect, it } from "vitest";
import { JavaType } from "../../../converters/hprof/constants.ts";
import { NumberFields } from "../../../converters/hprof/number-fields.ts";
import type { FieldDetails, TypeDetails, TypeTable } from "../../../src/index.ts";

function structOf(...fields: [name: string, offset: number, type: string, size: number][]): TypeTable {
  const details: TypeDetails = {
    size: 64,
    kind: "struct",
    packagePath: "main",
    fields: fields.map(([name, offset, type, size]): FieldDetails => {
      return { name, offset, isEmbedded: false, type: { name: type, size } as FieldDetails["type"] };
    }),
  };
  return { count: 1, names: ["main.T"], kind: new Uint8Array(1), details: () => details };
}

it("lists numbers by name, counts of strings and slices, and no pointers", () => {
  const types = structOf(["id", 0, "int32", 4], ["name", 8, "string", 16], ["tags", 24, "[]string", 24]);
  const isPointer = (offset: number): boolean => offset === 8 || offset === 24;
  expect(new NumberFields(types, 8, isPointer, 100).list(0, 48)).toEqual([
    { name: "id", offset: 0, size: 4, type: JavaType.INT },
    { name: "name.len", offset: 16, size: 8, type: JavaType.LONG },
    { name: "tags.len", offset: 32, size: 8, type: JavaType.LONG },
    { name: "tags.cap", offset: 40, size: 8, type: JavaType.LONG },
  ]);
});

it("believes no size that is not the kind's, which a damaged executable may tell: Java's fields have their own", () => {
  const types = structOf(["none", 0, "int64", 0], ["large", 8, "uint8", 16], ["small", 24, "int64", 4]);
  expect(new NumberFields(types, 8, () => false, 100).list(0, 32)).toEqual([
    { name: "large+0", offset: 8, size: 8, type: JavaType.LONG },
    { name: "large+8", offset: 16, size: 8, type: JavaType.LONG },
    { name: "small", offset: 24, size: 4, type: JavaType.INT },
  ]);
});
