/**
 * Reading damaged dumps: cut anywhere, bytes flipped, lengths that lie. Whatever comes, there is a HeapDumpError or a heap that
 * keeps its rules, soon, and no memory is taken that the input does not justify.
 *
 * GOHD_FUZZ_SECONDS=600 runs longer; GOHD_TEST_SEED repeats a run. A failure names dump, damage and seed; what is found
 * goes into test/malformed. What comes after reading is `npm run fuzz`'s business, see main.ts.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HeapDumpError } from "../../src/errors.ts";
import { readHeap } from "../../src/heap/read.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { measureAllocation } from "../support/allocation-meter.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { SMALL_DUMPS, smallDump } from "../support/small-dumps.ts";
import { damageBytes } from "./byte-damage.ts";
import { checkHeap } from "./heap-invariants.ts";

const NAMES = Object.keys(SMALL_DUMPS);
const SEED = Number(process.env.GOHD_TEST_SEED ?? 1);
/** For all random damage together. */
const SECONDS = Number(process.env.GOHD_FUZZ_SECONDS ?? 6);
/** Of so many truncations one is salvaged too; all in long runs. */
const SALVAGED = SECONDS > 60 ? 1 : 7;

/** Milliseconds of processor time in which any of these dumps of a few KiB is read; they take about one. */
const PATIENCE = 1500;
/** Bytes that may be allocated: for the fixed tables, and for each byte of the dump. */
const FIXED_ALLOCATION = 8 << 20;
const ALLOCATION_PER_BYTE = 256;

/** Of so many dumps one is measured, which takes a multiple of the time. */
const MEASURED = 8;
let survived = 0;

/** Reads a damaged dump, in both modes unless told otherwise; returns how it ended without --salvage. */
async function survive(bytes: Uint8Array, what: string, modes: readonly boolean[] = [false, true]): Promise<string> {
  let outcome = "";
  for (const salvage of modes) {
    const before = process.cpuUsage();
    try {
      if (survived++ % MEASURED === 0) {
        const { result, allocation } = await measureAllocation(() => readDamaged(bytes, salvage));
        outcome ||= result;
        const limit = FIXED_ALLOCATION + ALLOCATION_PER_BYTE * bytes.length;
        if (allocation.total > limit) throw new Error(`${allocation.total} bytes allocated, at most ${limit} allowed`);
      } else {
        outcome ||= await readDamaged(bytes, salvage);
      }
      const { user, system } = process.cpuUsage(before);
      const took = (user + system) / 1000;
      if (took > PATIENCE) throw new Error(`took ${took} ms`);
    } catch (error) {
      const folder = join(tmpdir(), "gohd-fuzz");
      const path = join(folder, `${createHash("sha1").update(bytes).digest("hex")}.bin`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, bytes);
      throw new Error(`${what}, salvage ${salvage}, seed ${SEED}, kept as ${path}: ${error}`, { cause: error });
    }
  }
  return outcome;
}

/** Reads a dump; throws what no dump may cause, and returns the code of what it may. */
async function readDamaged(bytes: Uint8Array, salvage: boolean): Promise<string> {
  try {
    checkHeap(await readHeap(memorySource(bytes), { salvage }));
    return "heap";
  } catch (error) {
    if (!(error instanceof HeapDumpError)) throw error;
    const { position = 0 } = error;
    if (!(position >= 0 && position <= bytes.length)) throw new Error(`position ${position}`, { cause: error });
    return error.code;
  }
}

describe.each(NAMES)("a small dump of %s", (name) => {
  const whole = smallDump(name);

  test("is read", async () => {
    expect(await survive(whole, name)).toBe("heap");
  });

  test("is an error wherever it is cut", async () => {
    for (let length = 0; length < whole.length; length++) {
      const modes = length % SALVAGED === 0 ? [false, true] : [false];
      const outcome = await survive(whole.subarray(0, length), `${name} cut to ${length}`, modes);
      // Go 1.5's repair looks for what is not there any more.
      const isDamaged = name === "go1.5" && outcome === "bad-length";
      expect(isDamaged || ["truncated", "not-a-heap-dump"].includes(outcome), `${length}: ${outcome}`).toBe(true);
    }
  }, 60_000);
});

describe("random damage", () => {
  test(
    `is survived (seed ${SEED}, ${SECONDS} s)`,
    async () => {
      const random = seededRandom(SEED);
      const wholes = NAMES.map((name) => [name, smallDump(name)] as const);
      const outcomes = new Map<string, number>();
      const end = performance.now() + SECONDS * 1000;
      for (let round = 0; performance.now() < end; round++) {
        const [name, whole] = wholes[round % wholes.length]!;
        const { bytes, done } = damageBytes(whole, random);
        const outcome = await survive(bytes, `${name}, round ${round}, ${done}`);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      // Most damage is noticed, and some only changes contents.
      expect(outcomes.get("heap")).toBeGreaterThan(0);
      expect(outcomes.get("truncated")).toBeGreaterThan(0);
      expect(outcomes.get("unknown-record")).toBeGreaterThan(0);
    },
    SECONDS * 1000 + 60_000,
  );
});
