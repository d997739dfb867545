/**
 * TinyArrays: slots of 16 bytes of which a small value in one half is known, and which have something in the other half, too.
 * They may be a block of several values or an array of the one, if the heap has such arrays, or a struct, and nothing tells which.
 */
import { int32Column } from "../../heap/columns.ts";
import { TypeSource } from "../../heap/objects.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import { NodeFilter } from "../decision/node-filter.ts";
import { BOTH_HALVES, otherHalf } from "../decision/tiny-blocks.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import { NodeKind } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";

/** Larger values have no array in such a slot. */
const LARGEST = 8;

/** Calls such slots by what both are: several small values. Linear in the objects. */
export function settleTinyArrays(claims: Claims, universe: TypeUniverse, contents: ContentsReader): void {
  const { assignments } = claims;
  const small = new NodeFilter((id) => {
    const node = universe.nodes[id];
    return node?.kind === NodeKind.TYPE && node.leaves.offset.length === 0 && node.size <= LARGEST;
  });
  const inArrays = new Set<number>();
  const inQuestion = int32Column();
  for (let object = assignments.nextOf(-1, small); object >= 0; object = assignments.nextOf(object, small)) {
    if (assignments.isArray(object)) {
      inArrays.add(assignments.nodeId(object));
      continue;
    }
    const halves = assignments.halves(object);
    if (halves === 0 || halves === BOTH_HALVES) continue;
    const standing = assignments.standing(object);
    // What may be a struct of 16 bytes as well is guessed already.
    const isGuess = standing === Standing.PLAIN && assignments.source(object) === TypeSource.INFERRED;
    if (standing !== Standing.PART && !isGuess) continue;
    const [from, to] = otherHalf(halves);
    if (!contents.isZero(object, from, to)) inQuestion.push(object);
  }
  for (let i = 0; i < inQuestion.count; i++) {
    const object = inQuestion.get(i);
    const source = assignments.source(object);
    if (source !== TypeSource.INFERRED && !inArrays.has(assignments.nodeId(object))) continue;
    claims.assign(object, universe.tiny, false, source, Standing.PART);
  }
}
