/** The pairs of samples whose growth is known, and what their programs told of it: samples/README.md. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../src/converter/running-package.ts";

const TRUTHS = join(packageFolder(), "samples/truths");

/** What one dump holds at the place of its truth. */
export interface HeldTruth {
  readonly number: number;
  readonly bytes: number;
  readonly objects: number;
}

export interface KnownGrowth {
  /** "backlog.1.27.amd64": of the executable. */
  readonly program: string;
  readonly before: string;
  readonly after: string;
  /** Variable or function; what it is called where variables have no names. */
  readonly cause: string;
  readonly unnamed: string;
  readonly truths: { readonly before: HeldTruth; readonly after: HeldTruth };
  /** The difference of the truths. */
  readonly bytes: number;
  readonly objects: number;
}

/** All pairs with truths. */
export function listKnownGrowth(): KnownGrowth[] {
  return readdirSync(TRUTHS)
    .filter((file) => file.includes("-before."))
    .map((file) => {
      const before = file.replace(".truth", "");
      const after = before.replace("-before.", "-after.");
      const [from, to] = [readWords(before), readWords(after)];
      const [held, later] = [toHeld(from), toHeld(to)];
      return {
        program: before.replace("-before.", "."),
        before,
        after,
        cause: to.cause!,
        unnamed: to.unnamed!,
        truths: { before: held, after: later },
        bytes: later.bytes - held.bytes,
        objects: later.objects - held.objects,
      };
    });
}

function readWords(dump: string): Record<string, string> {
  const lines = readFileSync(join(TRUTHS, `${dump}.truth`), "utf8")
    .trimEnd()
    .split("\n");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
}

const toHeld = (words: Record<string, string>): HeldTruth => ({
  number: Number(words.number),
  bytes: Number(words.bytes),
  objects: Number(words.objects),
});
