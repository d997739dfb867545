/** Types that only debug information knows, after it was let go. */
import { expect, test } from "vitest";
import { type DebugInfo, Kind, openDebugInfo, openExecutable } from "../../../src/binary/index.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { settleTypes } from "../../../src/typing/universe/settled-types.ts";
import { NodeKind, type TypeNode } from "../../../src/typing/universe/type-node.ts";
import { executablePath } from "../../support/typed-samples.ts";

async function open(): Promise<DebugInfo> {
  const executable = openExecutable(await openSource(executablePath("dominators.1.19.amd64")));
  return openDebugInfo(executable, { typeAt: () => undefined })!;
}

/** The type of a package variable, as the node of some object. */
function nodeOf(debug: DebugInfo, name: string): TypeNode {
  const { type } = debug.variables.find((variable) => variable.name === name)!;
  const leaves = { offset: new Int32Array(0), kind: new Uint8Array(0), elem: [], pointee: new Int32Array(0) };
  return {
    id: 0,
    kind: NodeKind.TYPE,
    name: type.name,
    size: type.size,
    isShape: false,
    type,
    subject: undefined,
    leaves,
  };
}

test("have their fields, if they were settled", async () => {
  const kept = await open();
  const node = nodeOf(kept, "runtime.mheap_");
  expect(settleTypes([undefined, node])).toBeGreaterThan(10);
  kept.release();
  const whole = nodeOf(await open(), "runtime.mheap_").type!;
  expect(node.type!.fields.map(({ name, type }) => `${name} ${type.name} ${type.length}`)).toEqual(
    whole.fields.map(({ name, type }) => `${name} ${type.name} ${type.length}`),
  );
  const central = node.type!.fields.find(({ name }) => name === "central")!.type;
  expect(central.kind).toBe(Kind.Array);
  expect(central.elem!.fields.length).toBeGreaterThan(0);
  expect(kept.warnings).toEqual([]);
});

test("have none, if they were not; nothing is thrown", async () => {
  const debug = await open();
  const { type } = nodeOf(debug, "runtime.mheap_");
  debug.release();
  expect(type!.fields).toEqual([]);
  expect(debug.localsAt(0x40_1000, 0x40_1000)).toEqual([]);
  expect(debug.entryOf("main.main")).toBeUndefined();
});
