/**
 * The one place that names temporary files and folders and takes them away. A name carries the kind and the writer, so
 * that a later gohd can tell what a killed one left (`leftovers.ts`). Whoever has to clean up after a thread that is
 * terminated watches: it is told of each before it is made and after it is gone.
 */
import { createHash, randomBytes } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { OwnFiles, removeIfEmpty, removeOwn } from "../existing/directory-mark.ts";
import { findEntry } from "../existing/entry-kinds.ts";
import { OpenDirectory } from "../existing/open-directory.ts";
import { thisWriter, type Writer } from "./writer.ts";

/**
 * output: what will get its final name; scratch: what native writers put aside beside it; spill: the same in the system's
 * temporary directory; spool: an unpacked dump; aside: an old output that is about to be replaced.
 */
export type TemporaryKind = "output" | "scratch" | "spill" | "spool" | "aside";

/** A file or folder that is not there to stay. A plain value: it may be sent to another thread. */
export interface Temporary {
  readonly path: string;
  readonly kind: TemporaryKind;
  /** The output that it is for; of a spill or a spool, its own path. */
  readonly target: string;
}

export interface TemporaryWatcher {
  /** It will be made now. */
  created(temporary: Temporary): void;
  /** It is gone, or has got its final name. */
  gone(temporary: Temporary): void;
}

const watchers = new Set<TemporaryWatcher>();

/** Tells `watcher` of all temporaries of this thread from now on; returns what ends that. */
export function watchTemporaries(watcher: TemporaryWatcher): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Names a temporary beside `target`, so that a rename puts it there at once. The caller makes it. */
export function nameBeside(target: string, kind: "output" | "scratch" | "aside"): Temporary {
  const path = join(dirname(target), `.${shorten(basename(target))}.${mark(kind)}`);
  return announce({ path, kind, target });
}

/** Names a temporary inside the temporary directory `directory`. The caller makes it. */
export function nameInside(directory: string, kind: "spill" | "spool"): Temporary {
  const path = join(directory, mark(kind));
  return announce({ path, kind, target: path });
}

/** To be called when a temporary has got its final name; `takeAway` calls it by itself. */
export function announceGone(temporary: Temporary): void {
  for (const watcher of watchers) watcher.gone(temporary);
}

/** What became of a temporary: "kept" is an old output that something else than gohd has the name of now. */
export type TakenAway = "removed" | "restored" | "kept";

/**
 * Takes a temporary away, of this thread or another: removes it, with all that is in it. An old output gets its name back
 * instead, unless a newer one has it. Harmless if there is none.
 */
export function takeAway(temporary: Temporary): TakenAway {
  const result = temporary.kind === "aside" ? putBack(temporary) : remove(temporary);
  if (result !== "kept") announceGone(temporary);
  return result;
}

/** Removes an old output that a newer one has replaced: what gohd wrote of it, and nothing else. */
export function removeOldOutput(aside: Temporary): void {
  const directory = new OpenDirectory(aside.path);
  try {
    removeOwn(directory, new OwnFiles(directory));
  } finally {
    directory.close();
  }
  if (removeIfEmpty(aside.path)) announceGone(aside);
}

function remove({ path }: Temporary): TakenAway {
  rmSync(path, { recursive: true, force: true });
  return "removed";
}

function putBack(aside: Temporary): TakenAway {
  const { path, target } = aside;
  if (findEntry(path) === undefined) return "removed";
  const newer = findEntry(target);
  if (newer === undefined) {
    renameSync(path, target);
    return "restored";
  }
  if (!newer.isDirectory() || !isMarked(target)) return "kept";
  removeOldOutput(aside);
  return findEntry(path) === undefined ? "removed" : "kept";
}

function isMarked(path: string): boolean {
  const directory = new OpenDirectory(path);
  try {
    return new OwnFiles(directory).isMarked;
  } finally {
    directory.close();
  }
}

/** What the name of a temporary tells. */
export interface TemporaryName {
  readonly kind: TemporaryKind;
  readonly writer: Writer;
  /** Name of the output that it is for; undefined if it is for none, or the name was too long to be kept. */
  readonly target: string | undefined;
}

const NAME = /^(?:\.(.+)\.)?gohd-(output|scratch|spill|spool|aside)-(\d+)-([a-z0-9]+)-([0-9a-f]{8})-[0-9a-f]{12}$/s;

/** Reads a file's name; undefined if gohd makes no such names. */
export function parseTemporaryName(name: string): TemporaryName | undefined {
  const [, target, kind, pid, start, place] = NAME.exec(name) ?? [];
  if (kind === undefined) return undefined;
  const isOutput = kind === "output" || kind === "scratch" || kind === "aside";
  if (isOutput !== (target !== undefined)) return undefined;
  return {
    kind: kind as TemporaryKind,
    writer: { pid: Number(pid), start: start!, place: place! },
    target: target === undefined || CUT.test(target) ? undefined : target,
  };
}

function mark(kind: TemporaryKind): string {
  const { pid, start, place } = thisWriter();
  return `gohd-${kind}-${pid}-${start}-${place}-${randomBytes(6).toString("hex")}`;
}

/** File systems take 255 bytes, of which the mark needs less than 100. */
const LONGEST_NAME = 150;
const CUT = /…[0-9a-f]{16}$/;

/** A name that leaves room for the mark. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 16);
  // 4 bytes a character at the most.
  return `${[...name].slice(0, 30).join("")}…${hash}`;
}

function announce(temporary: Temporary): Temporary {
  for (const watcher of watchers) watcher.created(temporary);
  return temporary;
}
