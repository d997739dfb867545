/** Files that gohd wrote for itself: only those are opened that nobody else can have put there. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { describeSystemError, systemErrorCode } from "../system-errors.ts";
import { isOnlyOurs } from "../temporaries/writer.ts";
import { fileSource } from "./file-source.ts";
import type { ByteSource } from "./source.ts";

/** "missing": nothing has the name. Else why it is not read, in words: "it is a symbolic link". */
export type OwnFile = { readonly source: ByteSource } | { readonly refusal: string } | "missing";

/** Opens a regular file that only this user or root can have written; no link is followed. Never throws. */
export function openOwnFile(path: string): OwnFile {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let fd: number | undefined;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = fstatSync(fd);
    if (!stats.isFile()) return refuse(fd, "it is not a regular file");
    if (!isOnlyOurs(stats)) return refuse(fd, "others may have written it");
    return { source: fileSource(fd, path) };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    const code = systemErrorCode(error);
    if (code === "ENOENT") return "missing";
    return { refusal: code === "ELOOP" || code === "EMLINK" ? "it is a symbolic link" : describeSystemError(error) };
  }
}

function refuse(fd: number, refusal: string): OwnFile {
  closeSync(fd);
  return { refusal };
}
