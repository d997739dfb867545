/** Reports of scores as tables. */
import { isDecidable, KINDS } from "./adversary/kinds.ts";
import { addTally, emptyTally, type Score, type Tally } from "./score.ts";

export function share(part: number, of: number): string {
  return of === 0 ? "–" : `${((100 * part) / of).toFixed(2)} %`;
}

export function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

export function printHead(columns: readonly string[], textColumns: number): void {
  printRow(columns);
  printRow(columns.map((_, column) => (column < textColumns ? "---" : "---:")));
}

/** Right, of these known, wrong and known, wrong and guessed, untyped. */
export const TALLY_COLUMNS = ["objects", "right", "right, known", "wrong, known", "wrong, guessed", "untyped"];

export function tallyCells(tally: Tally): readonly string[] {
  const { objects } = tally;
  return [
    String(objects),
    share(tally.rightKnown + tally.rightGuessed, objects),
    share(tally.rightKnown, objects),
    share(tally.wrongKnown, objects),
    share(tally.wrongGuessed, objects),
    share(tally.untyped, objects),
  ];
}

export function printMost(title: string, counts: ReadonlyMap<string, number>, most: number): void {
  if (counts.size === 0 || most === 0) return;
  console.log(`\n${title}:`);
  for (const [what, count] of [...counts].sort((a, b) => b[1] - a[1]).slice(0, most)) console.log(`  ${count} ${what}`);
}

/** What several programs scored together. */
export class Totals {
  readonly kinds = new Map<string, Tally>();
  readonly mistakes = new Map<string, number>();
  readonly missing = new Map<string, number>();
  readonly guessed = new Map<string, number>();

  add(score: Score): void {
    for (const [kind, tally] of score.kinds) {
      const sum = this.kinds.get(kind) ?? emptyTally();
      addTally(sum, tally);
      this.kinds.set(kind, sum);
    }
    for (const key of ["mistakes", "missing", "guessed"] as const) {
      for (const [what, count] of score[key]) this[key].set(what, (this[key].get(what) ?? 0) + count);
    }
  }

  /** The sum over the kinds that a dump decides, or those that it does not. */
  sum(decidable: boolean, hasDebugInformation: boolean): Tally {
    const sum = emptyTally();
    for (const [kind, tally] of this.kinds) {
      if (kind !== "" && isDecidable(kind, hasDebugInformation) === decidable) addTally(sum, tally);
    }
    return sum;
  }

  /** A row for each kind, and the sums. */
  print(hasDebugInformation: boolean): void {
    const ofKinds = emptyTally();
    for (const [kind, tally] of this.kinds) if (kind !== "") addTally(ofKinds, tally);
    printHead(["kind", ...TALLY_COLUMNS, "share"], 1);
    for (const kind of KINDS) {
      const tally = this.kinds.get(kind);
      if (tally === undefined) continue;
      printRow([kind || "(others)", ...tallyCells(tally), kind === "" ? "" : share(tally.objects, ofKinds.objects)]);
    }
    for (const decidable of [true, false]) {
      const tally = this.sum(decidable, hasDebugInformation);
      printRow([
        decidable ? "**decidable**" : "**undecidable**",
        ...tallyCells(tally),
        share(tally.objects, ofKinds.objects),
      ]);
    }
  }
}
