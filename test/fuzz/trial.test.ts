/** The inputs of `npm run fuzz`: the same for the same numbers, of all kinds, and without faults; and what a fault is. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HeapDumpError } from "../../src/errors.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { SMALL_BASES, TYPED_BASES } from "./bases.ts";
import { type FuzzInput, makeInput } from "./inputs.ts";
import { checkTold } from "./told-checks.ts";
import { Fault, tryInput } from "./trial.ts";

const SEED = Number(process.env.GOHD_TEST_SEED ?? 1);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-trial-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("an input is made of its numbers alone", async () => {
  const once = await makeInput(SEED, 17);
  await makeInput(SEED, 16);
  const again = await makeInput(SEED, 17);
  expect(again.name).toBe(once.name);
  expect(Buffer.compare(again.dump, once.dump)).toBe(0);
  expect((await makeInput(SEED + 1, 17)).name).not.toBe(once.name);
});

test("undamaged, every small base is read, and typed by its program", { timeout: 60_000 }, async () => {
  for (const base of [...SMALL_BASES, ...TYPED_BASES]) {
    const { name, dump, executable } = await base.make();
    const plain = {
      name,
      dump: dump.bytes,
      executable,
      hasSymbols: false,
      isPacked: false,
      salvage: false,
      force: false,
    };
    const endings = new Map(await tryInput({ ...plain, random: seededRandom(3) }, folder));
    expect(endings.get("read"), name).toBe("heap");
    expect(endings.get("heapsnapshot"), name).toBe("converted");
    if (executable !== undefined) expect(endings.get("type"), name).toBe("typed");
  }
});

test(`80 inputs of seed ${SEED} have no faults, and reach everything`, { timeout: 120_000 }, async () => {
  const seen = new Set<string>();
  for (let index = 0; index < 80; index++) {
    for (const [step, ending] of await tryInput(await makeInput(SEED, index), folder)) {
      seen.add(step);
      seen.add(ending.split(":")[0]!.split(" ")[0]!);
    }
  }
  for (const word of [
    "read",
    "type",
    "info",
    "report",
    "why",
    "heapsnapshot",
    "pprof",
    "dot",
    "HeapDumpError",
    "ExecutableError",
    "typed",
  ]) {
    expect(seen).toContain(word);
  }
});

test("what people are not meant to see is a fault", async () => {
  const input: FuzzInput = { ...(await makeInput(SEED, 0)), isPacked: false, salvage: false, executable: undefined };
  const broken = (thrown: unknown): FuzzInput => ({
    ...input,
    get dump(): Uint8Array {
      throw thrown;
    },
  });
  await expect(tryInput(broken(new RangeError("Invalid array length")), folder)).rejects.toThrow(Fault);
  await expect(tryInput(broken(new TypeError("x is undefined")), folder)).rejects.toThrow(
    "read: TypeError: x is undefined",
  );
  const known = new HeapDumpError("cut", { code: "truncated" });
  expect(await tryInput(broken(known), folder)).toEqual([["read", "HeapDumpError truncated"]]);
});

test("what is told may neither steer a terminal nor fill it with one line", () => {
  checkTold("why", "main.x\nmain.y\n");
  expect(() => checkTold("why", "main.\u009bx")).toThrow("why has");
  expect(() => checkTold("report", "x".repeat(2000))).toThrow("report has a line of 2000 characters");
});
