/**
 * Who wrote a temporary file: a process, told apart from a later one with the same number by its start, and from one of
 * another machine or container by the place it runs in. The only file below the command line that knows the process.
 */
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync, type Stats } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";

export interface Writer {
  readonly pid: number;
  /** When it started, in letters and digits: on Linux by the kernel's count and the boot, which no clock can change. */
  readonly start: string;
  /** Machine and container, in which its number means something. */
  readonly place: string;
}

/** "elsewhere": on another machine or in another container, of which nobody here can tell. */
export type WriterState = "alive" | "dead" | "elsewhere";

let own: Writer | undefined;

/** This process; all its threads are one writer. */
export function thisWriter(): Writer {
  own ??= {
    pid: process.pid,
    start: findStart(process.pid) ?? Math.round(Date.now() - process.uptime() * 1000).toString(36),
    place: digest(hostname(), read("/etc/machine-id"), link("/proc/self/ns/pid")),
  };
  return own;
}

/** Whether a writer still runs. Where starts cannot be compared, a process with its number counts as it. */
export function stateOf({ pid, start, place }: Writer): WriterState {
  const self = thisWriter();
  if (place !== self.place) return "elsewhere";
  if (findStart(self.pid) !== undefined) return findStart(pid) === start ? "alive" : "dead";
  try {
    process.kill(pid, 0);
    return "alive";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? "dead" : "alive";
  }
}

/** Whether a file is this user's, so that nobody else can have made it to be found. */
export function isOwn({ uid }: Stats): boolean {
  return process.geteuid === undefined || uid === process.geteuid();
}

/** Whether nobody but this user and root can have written a file. Where files have no owners, nobody else is thought of. */
export function isOnlyOurs({ uid, mode }: Stats): boolean {
  if (process.geteuid === undefined) return true;
  return (uid === process.geteuid() || uid === 0) && (mode & 0o022) === 0;
}

/** Linux's count of ticks since the boot, and the boot; undefined if there is no such process, or no such count. */
function findStart(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name, which may hold anything; behind it the first is the state, the 20th the start.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, ticks] = [fields[0], fields[19]];
  if (ticks === undefined || state === "Z" || state === "X") return undefined;
  return `${Number(ticks).toString(36)}x${digest(read("/proc/sys/kernel/random/boot_id"))}`;
}

function digest(...texts: readonly string[]): string {
  return createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 8);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
