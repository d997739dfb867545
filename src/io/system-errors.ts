/** The operating system's errors in plain words. */

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ENOENT: "no such file or directory",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  EEXIST: "it exists already",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the file system allows",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  ENFILE: "too many open files in the system",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
  EBUSY: "it is in use",
  EIO: "input/output error of the device",
  EPIPE: "the reader has gone away",
  EXDEV: "it is on another file system",
  ENXIO: "no such device",
};

/** The error's code, such as "ENOENT", if the operating system is its origin. */
export function systemErrorCode(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof code === "string" && (typeof syscall === "string" || code in WORDS) ? code : undefined;
}

/** Says what happened, without path and call; anything that is not a system error keeps its own message. */
export function describeSystemError(error: unknown): string {
  const code = systemErrorCode(error);
  if (code !== undefined && code in WORDS) return WORDS[code]!;
  return error instanceof Error ? error.message : String(error);
}

/** The C library's words for some of these errors, as native code passes them on. */
const NATIVE_WORDS: Readonly<Record<string, string>> = {
  "No space left on device": "ENOSPC",
  "Disk quota exceeded": "EDQUOT",
  "File too large": "EFBIG",
  "Read-only file system": "EROFS",
  "Permission denied": "EACCES",
  "Input/output error": "EIO",
};

/** The same words for an error of native code, whose `message` has the C library's; undefined if it has none of them. */
export function describeNativeError(message: string): string | undefined {
  const found = Object.keys(NATIVE_WORDS).find((words) => message.includes(words));
  return found === undefined ? undefined : WORDS[NATIVE_WORDS[found]!];
}
