/** Known parts: what is known of objects that got no type, because several types have such a part. */
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import type { Assignments } from "./assignments.ts";
import { isPreferred } from "./node-order.ts";
import type { PartClaims } from "./part-claims.ts";

/** Visits untyped objects with their largest known part, one at the beginning before others. */
export function visitKnownParts(
  parts: PartClaims,
  universe: TypeUniverse,
  assignments: Assignments,
  visitor: (object: number, part: TypeNode, isFirst: boolean) => void,
): void {
  const sorted = parts.sortedByObject((object) => !assignments.isTyped(object));
  for (let i = 0; i < sorted.length; ) {
    const object = parts.object.get(sorted[i]!);
    let best: TypeNode | undefined;
    let isBestFirst = false;
    for (; i < sorted.length && parts.object.get(sorted[i]!) === object; i++) {
      const claim = sorted[i]!;
      if (parts.isGuess(claim)) continue;
      const part = universe.nodes[parts.node.get(claim)]!;
      const isFirst = parts.inside.get(claim) === 0;
      if (best !== undefined && isFirst === isBestFirst ? !isPreferred(part, best) : isBestFirst) continue;
      best = part;
      isBestFirst = isFirst;
    }
    if (best !== undefined) visitor(object, best, isBestFirst);
  }
}
