/**
 * Which Go built an executable: the header that the linker leaves for `go version`. Since Go 1.13; cmd/go and
 * debug/buildinfo describe it. The version and, on demand, how it was built are read.
 */
import type { Executable } from "../containers/container.ts";
import type { Image } from "../containers/image.ts";
import type { ModuleData } from "./module-data.ts";
import { NEWEST } from "./module-layouts.ts";

/** The newest Go release that was tried. Later ones are read like it. */
export const NEWEST_KNOWN_MINOR = 27;

const MAGIC = "\xff Go buildinf:";
/** Offsets in the header: word size, flags; and where strings are inline, Go ≥ 1.18. */
const POINTER_SIZE = 14;
const FLAGS = 15;
const INLINE_STRINGS = 32;
const FLAG_BIG_ENDIAN = 1;
const FLAG_INLINE = 2;
/** The linker aligns the header so; what is found elsewhere is a string constant of a program that looks for it. */
const ALIGNMENT = 16;
const MAX_VERSION_LENGTH = 512;
/** A program of a thousand modules has some 100 KiB. */
const MAX_MODULE_LENGTH = 1 << 24;
const MAX_VARINT = 4;

/**
 * Reads the Go version, such as "go1.27.3" or "go1.27.3-X:nosizespecializedmalloc"; undefined if there is no build
 * information. Looks into the section named for it, then through the writable segments.
 */
export function readGoVersion(executable: Executable): string | undefined {
  return readStrings(executable)?.version;
}

/**
 * How `go build` was told to build, by the name of a setting: "-asan", "CGO_ENABLED". Since Go 1.18; undefined where the
 * executable does not say.
 */
export function readBuildSetting(executable: Executable, name: string): string | undefined {
  const line = readStrings(executable)
    ?.module()
    .split("\n")
    .find((text) => text.startsWith(`build\t${name}=`));
  return line?.slice(`build\t${name}=`.length);
}

/**
 * Paths of the modules that the program depends on, without its own: "github.com/nats-io/nats.go". Since Go 1.18; none where the
 * executable does not say.
 */
export function readDependencies(executable: Executable): readonly string[] {
  const lines = readStrings(executable)?.module().split("\n") ?? [];
  return lines.flatMap((line) => (line.startsWith("dep\t") ? [line.split("\t", 2)[1]!] : []));
}

/** What the go command calls the main package of files that were named one by one. */
const NAMED_FILES = "command-line-arguments";

/** Import path of the main package: "example.com/chat/cmd/server". Since Go 1.18; undefined where the executable does not say. */
export function readMainPackage(executable: Executable): string | undefined {
  // The first line, behind a mark of sixteen bytes.
  const [line] = readStrings(executable)?.module().split("\n", 1) ?? [];
  const path = line === undefined ? undefined : /(?:^|[^a-z])path\t([^\t]*)$/.exec(line)?.[1];
  return path === "" || path === NAMED_FILES ? undefined : path;
}

/** The strings behind the header. */
interface BuildStrings {
  readonly version: string;
  /** The program's modules and settings, a line each; "" where there are none. */
  module(): string;
}

function readStrings(executable: Executable): BuildStrings | undefined {
  const { image } = executable;
  const section = executable.sections.find(({ name }) => name === ".go.buildinfo" || name === "__go_buildinfo");
  if (section) {
    const strings = readHeader(executable, section.address);
    if (strings !== undefined) return strings;
  }
  for (const segment of executable.segments) {
    // In the data segment, except where an external linker made it read-only.
    if (segment.executable) continue;
    const bytes = image.bytes(segment.address, segment.fileSize) ?? [];
    const start = Math.ceil(segment.address / ALIGNMENT) * ALIGNMENT - segment.address;
    for (let at = start; at < bytes.length; at += ALIGNMENT) {
      if (bytes[at] !== MAGIC.charCodeAt(0)) continue;
      const strings = readHeader(executable, segment.address + at);
      if (strings !== undefined && strings.version !== "") return strings;
    }
  }
  return undefined;
}

function readHeader({ image }: Executable, address: number): BuildStrings | undefined {
  const header = image.bytes(address, INLINE_STRINGS);
  if (!header || String.fromCharCode(...header.subarray(0, MAGIC.length)) !== MAGIC) return undefined;
  const flags = header[FLAGS]!;
  if (flags & FLAG_INLINE) {
    const { value: length, size } = readVarint(image.bytes(address + INLINE_STRINGS, 2));
    const version = length <= MAX_VERSION_LENGTH ? image.text(address + INLINE_STRINGS + size, length) : undefined;
    if (version === undefined) return undefined;
    return { version, module: () => readModule(image, address + INLINE_STRINGS + size + length) };
  }
  const bigEndian = (flags & FLAG_BIG_ENDIAN) !== 0;
  if (header[POINTER_SIZE] !== image.pointerSize || bigEndian !== image.bigEndian) return undefined;
  const version = image.string(image.word(address + 16), MAX_VERSION_LENGTH);
  return version === undefined ? undefined : { version, module: () => "" };
}

function readModule(image: Image, address: number): string {
  const { value: length, size } = readVarint(image.bytes(address, MAX_VARINT));
  return length > MAX_MODULE_LENGTH ? "" : (image.text(address + size, length) ?? "");
}

/** A little-endian number of 7 bits a byte. */
function readVarint(bytes: Uint8Array | undefined): { readonly value: number; readonly size: number } {
  let value = 0;
  let size = 0;
  for (const byte of bytes ?? []) {
    value += (byte & 0x7f) * 2 ** (7 * size++);
    if (byte < 0x80) break;
  }
  return { value, size };
}

/** The N of "go1.N"; undefined for development versions that do not say, and for what is no version. */
export function minorOf(version: string): number | undefined {
  const match = /\bgo1\.(\d+)/.exec(version);
  return match ? Number(match[1]) : undefined;
}

/**
 * The N of Go 1.N by which to read an executable's tables: what its build information says, else `fallback`, as long as
 * such moduledata was its; otherwise the newest release that had such moduledata.
 */
export function goMinorOf(executable: Executable, { minMinor, maxMinor }: ModuleData, fallback?: number): number {
  const version = readGoVersion(executable);
  const told = (version === undefined ? undefined : minorOf(version)) ?? fallback;
  if (told !== undefined && told >= minMinor && told <= maxMinor) return told;
  return maxMinor === NEWEST ? NEWEST_KNOWN_MINOR : maxMinor;
}
