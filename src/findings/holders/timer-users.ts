/**
 * Timer users: the pending timers that lead to holders, or to what is in them. Those that are called alike, by the type of what they will work on, and lead to the
 * same holders, are one user, as a root is; it is told by a number from that of the root vertices on.
 */
import type { LeadingRoots } from "../../analysis/ownership/leading-roots.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { listPendingTimers } from "../timers/pending-timers.ts";
import { type HolderRoot, OF_RUNTIME } from "./holder-roots.ts";

export class TimerUsers {
  /** Of each pending timer, the user that it belongs to. */
  readonly userOf: Int32Array;
  /** From here on numbers are those of users. */
  readonly #first: number;
  /** Of each user what it is called, and the timers. */
  readonly #users: { readonly name: string; count: number }[] = [];
  readonly #names: readonly string[];
  readonly #heap: Heap;

  /**
   * Linear in objects and timers.
   * @param points of each holder what leads to it; at most 31
   * @param container per object what stands for it where it is part of a map, channel or list
   */
  constructor(heap: Heap, points: readonly LeadingRoots[], container: Int32Array | undefined) {
    this.#heap = heap;
    this.#first = heap.roots.vertices.count;
    this.#names = listPendingTimers(heap, container).map(({ userName }) => userName);
    const leadsTo = new Int32Array(this.#names.length);
    for (const [bit, { timers }] of points.entries()) for (const row of timers) leadsTo[row]! |= 1 << bit;
    const known = new Map<string, Map<number, number>>();
    this.userOf = Int32Array.from(this.#names, (name, row) => {
      const ofName = known.get(name) ?? new Map<number, number>();
      known.set(name, ofName);
      const user = ofName.get(leadsTo[row]!) ?? this.#users.push({ name, count: 0 }) - 1;
      ofName.set(leadsTo[row]!, user);
      this.#users[user]!.count++;
      return this.#first + user;
    });
  }

  /** Those that some timers belong to, as rows of `listHeapTimers`. */
  of(timers: readonly number[]): number[] {
    return [...new Set(timers.map((row) => this.userOf[row]!))];
  }

  /**
   * Those that do not lead to a holder, but to what is in it, as far as some things in it tell: some timer that is called so leads to each.
   * @param leading what leads to the holder
   * @param samples what leads to each of these
   */
  ofContents(leading: LeadingRoots, samples: readonly LeadingRoots[]): number[] {
    const known = new Set(leading.timers);
    const called = samples.map(
      ({ timers }) => new Set(timers.filter((row) => !known.has(row)).map((row) => this.#names[row]!)),
    );
    const [first = new Set<string>(), ...rest] = called;
    const names = new Set([...first].filter((name) => rest.every((others) => others.has(name))));
    if (names.size === 0) return [];
    const direct = new Set(this.of(leading.timers));
    return [...this.#users.keys()]
      .filter((user) => names.has(this.#users[user]!.name) && !direct.has(this.#first + user))
      .map((user) => this.#first + user);
  }

  /** Whether a root is a variable of the runtime's: of a program's things it owns only what timers alone lead to. */
  ownAll(owner: number): boolean {
    return OF_RUNTIME.test(rootVertexName(this.#heap, owner));
  }

  /** Describes some, those that are called alike together, most first. */
  describe(users: readonly number[], leadsTo: ReadonlyMap<number, number>): HolderRoot[] {
    const roots = new Map<string, HolderRoot>();
    for (const user of users) {
      const { name, count } = this.#users[user - this.#first]!;
      const known = roots.get(name);
      const bytes = leadsTo.get(user) ?? null;
      const most =
        known === undefined ? bytes : known.leadsTo === null || bytes === null ? null : Math.max(known.leadsTo, bytes);
      roots.set(name, { kind: "timers", name, count: (known?.count ?? 0) + count, isCertain: true, leadsTo: most });
    }
    return [...roots.values()].sort((a, b) => b.count - a.count);
  }
}
