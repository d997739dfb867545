/** The inputs of a run: number `index` of seed `seed` is always the same, whatever was tried before. */
import { gzipSync } from "node:zlib";
import { seededRandom } from "../support/seeded-random.ts";
import { type BaseMaker, SAMPLE_BASES, SMALL_BASES, TYPED_BASES, TYPED_SAMPLE_BASES } from "./bases.ts";
import { damageBytes, damageExecutable, type Random } from "./byte-damage.ts";
import { damageRecords } from "./record-damage.ts";

export interface FuzzInput {
  /** What it was made of, and what was done to it. */
  readonly name: string;
  readonly dump: Uint8Array;
  readonly executable: Uint8Array | undefined;
  /** The executable is given for its names as well. */
  readonly hasSymbols: boolean;
  /** `dump` is a file that has to be unpacked. */
  readonly isPacked: boolean;
  readonly salvage: boolean;
  readonly force: boolean;
  /** Decides what is tried with it. */
  readonly random: Random;
}

/** Of 100 inputs; small ones take a hundredth of the time of samples, and most damage to both is the same. */
const SHARES: readonly (readonly [share: number, bases: readonly BaseMaker[]])[] = [
  [53, SMALL_BASES],
  [42, TYPED_BASES],
  [4, SAMPLE_BASES],
  [1, TYPED_SAMPLE_BASES],
];

export async function makeInput(seed: number, index: number): Promise<FuzzInput> {
  const random = seededRandom(mix(seed, index));
  const bases = chooseBases(random(100));
  const { name, dump: base, executable } = await bases[random(bases.length)]!.make();
  const done: string[] = [];
  const note = <T extends { readonly bytes: Uint8Array; readonly done: string }>(
    what: string,
    damaged: T,
  ): Uint8Array => {
    done.push(`${what}${damaged.done}`);
    return damaged.bytes;
  };
  const kind = random(20);
  let dump = base.bytes;
  if (kind > 0) dump = note("", kind < 7 ? damageBytes(base.bytes, random) : damageRecords(base, random));
  const isPacked = random(16) === 0;
  if (isPacked) {
    dump = gzipSync(dump, { level: 1 });
    if (random(2) === 0) dump = note("packed, ", damageBytes(dump, random));
  }
  const file =
    executable !== undefined && random(2) === 0
      ? note("executable: ", damageExecutable(executable, random))
      : executable;
  return {
    name: `${name}: ${done.join("; ") || "undamaged"}`,
    dump,
    executable: file,
    hasSymbols: file !== undefined && random(6) === 0,
    isPacked,
    salvage: random(2) === 0,
    force: random(2) === 0,
    random,
  };
}

function chooseBases(point: number): readonly BaseMaker[] {
  let end = 0;
  for (const [share, bases] of SHARES) {
    end += share;
    if (point < end) return bases;
  }
  return SMALL_BASES;
}

/** Neighbouring indexes and seeds have nothing in common. */
function mix(seed: number, index: number): number {
  let state = Math.imul(seed ^ 0x5bd1_e995, 0x9e37_79b1) ^ Math.imul(index + 1, 0x85eb_ca6b);
  state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d);
  return (state ^ (state >>> 13)) >>> 0;
}
