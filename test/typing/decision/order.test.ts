/** No result depends on the order in which objects, roots, edges and values are met: claims are shuffled before they count. */
import { describe, expect, test } from "vitest";
import { openExecutable } from "../../../src/binary/index.ts";
import { readHeap } from "../../../src/heap/read.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";
import { openSource } from "../../../src/io/sources/open.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { assignTypes } from "../../../src/typing/assign-types.ts";
import { Claims } from "../../../src/typing/decision/claims.ts";
import { matchExecutable } from "../../../src/typing/match/match-executable.ts";
import { namesOfExecutable } from "../../../src/typing/match/name-source.ts";
import { sampleBytes } from "../../support/sample-dumps.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { executablePath } from "../../support/typed-samples.ts";

type Claim = Parameters<Claims["add"]>;

/** Claims that count in another order than they are made in, within each generation. */
function shuffledClaims(seed: number, onShuffle: (count: number) => void): typeof Claims {
  const random = seededRandom(seed);
  return class extends Claims {
    #held: Claim[] = [];

    override add(...claim: Claim): void {
      this.#held.push(claim);
    }

    /** All of them are to be held. */
    override settles(): boolean {
      return false;
    }

    override startGeneration(): Int32Array {
      const held = this.#held;
      this.#held = [];
      onShuffle(held.length);
      for (let i = held.length - 1; i > 0; i--) {
        const j = random(i + 1);
        [held[i], held[j]] = [held[j]!, held[i]!];
      }
      for (const claim of held) super.add(...claim);
      return super.startGeneration();
    }
  };
}

/** Name and source of every object's type. */
async function typesOf(dump: string, executable: string, isStripped: boolean, claims?: typeof Claims) {
  const heap = await readHeap(memorySource(await sampleBytes(dump), `${dump}.dump`), { keepShapes: true });
  const opened = openExecutable(await openSource(executablePath(executable)));
  const matched = matchExecutable(heap, opened);
  const names = isStripped ? undefined : namesOfExecutable(opened, matched);
  const { types, type, typeSource } = await assignTypes(heap, matched.types, NO_PROGRESS, names, claims);
  return Array.from(type, (row, object) => `${types.names[row]} ${typeSource[object]}`);
}

describe.each([
  ["sessions-after.1.27.amd64", "sessions.1.27.amd64"],
  ["dominators.1.19.amd64", "dominators.1.19.amd64"],
] as const)("%s", (dump, executable) => {
  test.each([true, false])("stripped: %s", { timeout: 60_000 }, async (isStripped) => {
    const expected = await typesOf(dump, executable, isStripped);
    let shuffled = 0;
    for (const seed of [1, 2]) {
      const claims = shuffledClaims(seed, (count) => {
        shuffled += count;
      });
      const found = await typesOf(dump, executable, isStripped, claims);
      expect(found.filter((type, object) => type !== expected[object])).toEqual([]);
    }
    expect(shuffled).toBeGreaterThan(expected.length);
  });
});
