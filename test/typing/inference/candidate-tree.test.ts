/** Many types tried on one object: the points are those of each type by itself, and each check is made once. */
import { expect, test } from "vitest";
import { Kind, type Type } from "../../../src/binary/index.ts";
import { CONTRADICTION } from "../../../src/typing/inference/agreement.ts";
import { CandidateTree, type Tried, type TriedCheck } from "../../../src/typing/inference/candidate-tree.ts";
import type { NodeCheck } from "../../../src/typing/inference/node-checks.ts";
import { CheckKind } from "../../../src/typing/universe/checks.ts";
import type { TypeNode } from "../../../src/typing/universe/type-node.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const KINDS = [CheckKind.BOOL, CheckKind.STRING, CheckKind.SLICE, CheckKind.POINTER, CheckKind.INTERFACE];

/** A check of a type that is nothing but its number. */
function checkOf(offset: number, kind: number, number: number): NodeCheck {
  const type = { kind: Kind.Struct, address: 64 * (number + 1), string: `T${number}` } as Type;
  const isPointer = kind === CheckKind.SLICE || kind === CheckKind.POINTER;
  return { offset, kind, type, target: isPointer ? ({ id: number, type } as TypeNode) : undefined };
}

/** What an object says of a check, whatever it is in: a contradiction, or a few points. */
function answer({ check: { offset, kind, type, target }, count, stride }: TriedCheck): number {
  const subject = kind === CheckKind.INTERFACE ? type.address : (target?.id ?? 0);
  const mixed = Math.imul(offset * 31 + kind * 7 + subject * 13 + (count - 1) * stride, 0x9e37_79b1) >>> 16;
  return mixed % 5 === 0 ? CONTRADICTION : mixed % 4;
}

function scoreAlone({ checks, count, stride }: Tried): number {
  const points = checks.map((check) => answer({ check, count, stride }));
  return points.includes(CONTRADICTION) ? CONTRADICTION : points.reduce((sum, one) => sum + one, 0);
}

/** @returns points by candidate, and how many checks were made */
function scoreAll(candidates: readonly Tried[]): { readonly points: readonly number[]; readonly made: number } {
  const tree = new CandidateTree(candidates);
  const points = candidates.map(() => CONTRADICTION);
  let made = 0;
  // The second object finds nothing of the first.
  for (let object = 0; object < 2; object++) {
    points.fill(CONTRADICTION);
    made = 0;
    const count = tree.score((tried) => {
      made++;
      return answer(tried);
    });
    for (let k = 0; k < count; k++) points[tree.agreed[k]!] = tree.points[k]!;
  }
  return { points, made };
}

test.each([1, 2, 3, 4, 5, 6])("every type gets the points that it has by itself (seed %i)", (seed) => {
  const draw = seededRandom(seed);
  const candidates = Array.from({ length: 200 }, (): Tried => {
    const offsets = [0, 8, 16, 24, 32].slice(0, draw(6));
    const checks = offsets.map((offset) => checkOf(offset, KINDS[draw(KINDS.length)]!, draw(6)));
    return draw(3) === 0 ? { checks, count: 2 + draw(3), stride: 48 } : { checks, count: 1, stride: 8 * draw(9) };
  });
  expect(scoreAll(candidates).points).toEqual(candidates.map(scoreAlone));
});

test("thousands of types that share their checks cost no more than those", () => {
  const texts = [0, 16, 32].map((offset) => checkOf(offset, CheckKind.STRING, 0));
  const candidates = Array.from({ length: 5000 }, (_, i): Tried => {
    return { checks: [...texts, checkOf(48, CheckKind.POINTER, i % 50)], count: 1, stride: 56 };
  });
  const { points, made } = scoreAll(candidates);
  expect(points).toEqual(candidates.map(scoreAlone));
  expect(made).toBeLessThanOrEqual(3 + 50);
});

test("what contradicts a check of many types is not tried further", () => {
  const impossible = [...Array(100).keys()].map((i) => checkOf(8 * i, CheckKind.BOOL, 0));
  const first = impossible.find((check) => answer({ check, count: 1, stride: 0 }) === CONTRADICTION)!;
  const candidates = Array.from({ length: 1000 }, (_, i): Tried => {
    return { checks: [first, checkOf(2048, CheckKind.POINTER, i)], count: 1, stride: 56 };
  });
  expect(scoreAll(candidates)).toEqual({ points: candidates.map(() => CONTRADICTION), made: 1 });
});
