/**
 * Debug sections of containers that say by the name alone whether a section is packed: Mach-O's __debug_info or
 * __zdebug_info, PE's .debug_info or .zdebug_info.
 */
import type { Section } from "./container.ts";
import { inflateDebugSection, readOldHeader } from "./debug-compression.ts";
import type { FileReader } from "./file-reader.ts";

/**
 * Reads the section called `plain`, or unpacks the one called `packed`; undefined if there is neither.
 * @throws ExecutableError (`truncated`, `damaged`, `read-failed`)
 */
export function readNamedDebugSection(
  reader: FileReader,
  sections: readonly Section[],
  plain: string,
  packed: string,
): Uint8Array | undefined {
  const find = (wanted: string): Section | undefined =>
    sections.find(({ name, fileSize }) => name === wanted && fileSize > 0);
  const found = find(plain);
  if (found !== undefined) return reader.bytes(found.position, found.fileSize, found.name);
  const old = find(packed);
  if (old === undefined) return undefined;
  const contents = readOldHeader(reader.bytes(old.position, old.fileSize, old.name), old);
  return inflateDebugSection(contents.packed, contents.size, old);
}
