import { describe, expect, it } from "vitest";
import { OwnerRole } from "../../../src/analysis/ownership/owner-roles.ts";
import { LEAF, OwnerSearch } from "../../../src/analysis/ownership/owner-search.ts";
import type { HeapGraph } from "../../../src/analysis/vertices.ts";
import { seededRandom } from "../../support/seeded-random.ts";

/** A graph, what each object is to the search, and who claims what. */
interface Case {
  readonly pointers: readonly (readonly number[])[];
  readonly role: readonly number[];
  /** Rounds of claims, the strongest first. */
  readonly rounds: readonly (readonly number[])[];
}

/** By a plain queue: who comes first, has it. */
function ownersByQueue({ pointers, role, rounds }: Case): number[] {
  const owner = pointers.map(() => -1);
  const waiting: { object: number; round: number }[] = [];
  const hubs: [object: number, owner: number][] = [];
  const queue: number[] = [];
  let mayWait = true;
  let round = 0;
  const claim = (object: number, by: number): void => {
    if (owner[object]! >= 0) return;
    owner[object] = by;
    const waits = mayWait && role[object] !== OwnerRole.PLAIN && pointers[object]!.length > 0;
    if (waits) waiting.push({ object, round });
    else queue.push(object);
  };
  const follow = (takesHubs: boolean): void => {
    for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
      for (const target of pointers[from]!) {
        const isHub = role[target] === OwnerRole.HUB && pointers[target]!.length > 0;
        if (isHub && !takesHubs && owner[target]! < 0) hubs.push([target, owner[from]!]);
        else claim(target, owner[from]!);
      }
    }
  };
  let vertex = 0;
  for (; round < rounds.length; round++) {
    for (const object of rounds[round]!) claim(object, vertex++);
    follow(false);
  }
  mayWait = false;
  for (round = 0; round < rounds.length; round++) {
    for (const each of waiting) if (each.round === round) queue.push(each.object);
    follow(false);
  }
  for (const [object, by] of hubs) claim(object, by);
  follow(true);
  return owner;
}

function ownersBySearch({ pointers, role, rounds }: Case, steps: number): number[] {
  const start = new Uint32Array(pointers.length + 1);
  for (const [i, targets] of pointers.entries()) start[i + 1] = start[i]! + targets.length;
  const edges = { start, to: Int32Array.from(pointers.flat()), count: start[pointers.length]! };
  const owner = Int32Array.from(pointers, (targets, i) => (targets.length === 0 ? LEAF : ~role[i]!));
  const claims = rounds.flat();
  const graph = { edges, objects: { count: pointers.length } } as unknown as HeapGraph;
  const ownerOf = Int32Array.from(claims.keys());
  const search = new OwnerSearch(graph, owner, new Int32Array(pointers.length + claims.length), ownerOf);
  const follow = (): void => {
    while (search.advance(steps));
  };
  let next = 0;
  const waited: number[] = [];
  for (const round of rounds) {
    for (const object of round) search.claim(object, next++);
    follow();
    waited.push(search.waitingCount);
  }
  search.stopWaiting();
  for (const [i, count] of waited.entries()) {
    search.release(waited[i - 1] ?? 0, count);
    follow();
  }
  search.takesHubs = true;
  search.claimHubs();
  follow();
  search.finish();
  return [...owner];
}

/** Layers, most objects in some wide ones; pointers also within a layer, back and far down. All is led to. */
function layered(seed: number, special: number): Case {
  const below = seededRandom(seed);
  const widths = [12, 40, 2000, 2500, 3000, 30, 2500, 2500, 8, 1200, 5];
  // Addresses have nothing to do with layers.
  const count = widths.reduce((sum, width) => sum + width);
  const address = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = below(i + 1);
    [address[i], address[j]] = [address[j]!, address[i]!];
  }
  const pointers: number[][] = Array.from({ length: count }, () => []);
  let first = 0;
  for (const [layer, width] of widths.entries()) {
    const after = first + width;
    for (let i = after; i < after + (widths[layer + 1] ?? 0); i++) {
      for (let k = 0; k < 1 + below(3); k++) pointers[address[first + below(width)]!]!.push(address[i]!);
    }
    for (let k = 0; k < width / 4; k++) pointers[address[first + below(width)]!]!.push(address[below(count)]!);
    first = after;
  }
  const role = pointers.map((): number =>
    below(100) >= special ? OwnerRole.PLAIN : below(seed % 8 === 3 ? 2 : 8) === 0 ? OwnerRole.HUB : OwnerRole.CLOSURE,
  );
  for (const each of address.slice(0, 2000)) role[each] = OwnerRole.PLAIN;
  const heads = address.slice(0, 12);
  return { pointers, role, rounds: [heads.slice(0, 7), heads.slice(7), [address[60]!]] };
}

describe("OwnerSearch", () => {
  it("gives every object to the claim that a queue would give it to, wide levels too", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const graph = layered(seed, [0, 1, 20, 70][seed % 4]!);
      const expected = ownersByQueue(graph);
      expect(new Set(expected).size).toBeGreaterThan(3);
      for (const steps of [1 << 20, 700]) expect(ownersBySearch(graph, steps)).toEqual(expected);
    }
  });
});
