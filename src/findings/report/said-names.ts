/** Names as sentences have them: escaped, and cut. */
import { shortenImports } from "../../heap/short-names.ts";
import { formatBytes, formatCount } from "../../quantities.ts";
import { showName } from "../../shown-text.ts";
import type { AlikeThings } from "../guessed.ts";
import type { Queued } from "../queued.ts";

/** Characters of a name in a sentence. */
export const LONGEST_NAME = 120;

/** What objects without pointers are called whose type is not known. */
const WITHOUT_POINTERS = /^noscan\/(\d+)$/;
/** What leads there from a frame, where no variable is known. */
const FRAME_WORD = /^sp\+/;

/**
 * A name as source code writes it, for one line: "http.conn"; of what no type is known "(704 B without pointers)". Import paths are in
 * the tables and in JSON.
 */
export function sayName(name: string, most: number): string {
  const size = WITHOUT_POINTERS.exec(name)?.[1];
  return size === undefined ? showName(shortenImports(name), most) : `(${formatBytes(Number(size))} without pointers)`;
}

/** A local variable, for one line; "a word of its frame" where none is known. */
export function sayLocal(name: string, most: number): string {
  return FRAME_WORD.test(name) ? "a word of its frame" : sayName(name, most);
}

/** "20,000 × main.entry", "20,000 × main.entry (guessed)". */
export function sayMany({ count, type, guessed }: AlikeThings): string {
  return `${formatCount(count)} × ${sayName(type, LONGEST_NAME)}${markGuessed(guessed, count)}`;
}

/** ", 10,240 of 10,240 buffered" of channels; of things of other types "". */
export function sayQueued({ queued }: { readonly queued: Queued | null }): string {
  return queued === null ? "" : `, ${formatCount(queued.buffered)} of ${formatCount(queued.capacity)} buffered`;
}

/** What stands behind the type of some things, of which all or some are guessed: " (guessed)", " (12 guessed)"; else "". */
export function markGuessed(guessed: number, count: number): string {
  if (guessed === 0) return "";
  return guessed >= count ? GUESSED : ` (${formatCount(guessed)} guessed)`;
}

/** What stands behind a name that is a guess, or leans on one. */
export const GUESSED = " (guessed)";
