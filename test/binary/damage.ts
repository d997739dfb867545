/** Damaging files of a container at random, and asking of what is left everything that its header leads to. */
import type { Executable } from "../../src/binary/index.ts";
import { ExecutableError } from "../../src/errors.ts";
import { seededRandom } from "../support/seeded-random.ts";

/** Bytes that are worth writing where they do not belong, beside any. */
const NASTY = [0, 0xff, 0x7f];

/**
 * Opens `rounds` damaged copies of the files, in turn. Anything but an ExecutableError is a bug, and thrown with its round.
 * @returns how many could be opened and read all the same
 */
export function surviveDamage(
  files: readonly Uint8Array[],
  open: (file: Uint8Array) => Executable,
  sections: readonly string[],
  seed: number,
  rounds = 3000,
): number {
  const random = seededRandom(seed);
  // Zeros are mostly padding, in which damage does nothing.
  const places = files.map((bytes) => Array.from(bytes.keys()).filter((at) => bytes[at] !== 0 || random(40) === 0));
  let results = 0;
  for (let round = 0; round < rounds; round++) {
    const file = files[round % files.length]!.slice();
    const used = places[round % files.length]!;
    for (let k = random(4); k >= 0; k--) file[used[random(used.length)]!] = [...NASTY, random(256)][random(4)]!;
    try {
      const executable = open(file);
      const symbols = executable.symbols();
      for (let i = 0; i < symbols.count; i++) symbols.name(i);
      for (const { address, memorySize } of executable.segments) executable.image.word(address + memorySize - 8);
      for (const name of sections) executable.debugSection(name);
      results++;
    } catch (error) {
      if (!(error instanceof ExecutableError)) throw new Error(`round ${round}`, { cause: error });
    }
  }
  return results;
}
