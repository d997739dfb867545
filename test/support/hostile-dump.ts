/** A dump whose every text is the same, hostile or not: version, names of types, functions and files, wait reasons. */
import { buildDump } from "./dump-builder.ts";

/** What moves cursors, sets titles, turns the direction of writing, or forges a line; and some letters. */
export const HOSTILE_TEXT = "T\x1b[31m\x1b]0;pwned\x07\x9b2J\u202ee\u2066\r\n\0\ud800<&\"'\\";

/** Draws an object of every kind of root, and a sample of the allocation profile. */
export function hostileDump(text: string = HOSTILE_TEXT): Uint8Array {
  return buildDump(
    (d) => {
      const word = d.pointerSize;
      const itab = d.itab(d.type(text, 64));
      const [a, b, c, e] = [d.object(64), d.object(64), d.object(32), d.object(32)];
      a.store(0, itab).point(word, b);
      b.point(0, c).point(word, e);
      d.root(a);
      d.bssRoot(e);
      d.otherRoot(b);
      const goroutine = d.goroutine({ waitReason: text });
      goroutine.frame(text, 4 * word).point(word, c);
      goroutine.frame(`main.${text}`, 2 * word).point(0, b);
      d.sample(c, d.bucket(32, [text, text, 71], ["main.main", `/src/${text}.go`, 1]));
    },
    { version: `go1.22${text.slice(0, 1000)}` },
  );
}

/** Characters that no text for people may have. */
export function findHarm(text: string): string[] {
  return text.match(/[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu) ?? [];
}
