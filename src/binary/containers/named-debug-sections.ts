/**
 * Debug sections of containers that say by the name alone whether a section is packed: Mach-O's __debug_info or
 * __zdebug_info, PE's .debug_info or .zdebug_info.
 */
import type { Section } from "./container.ts";
import { openOldSection, type PackedSection } from "./debug-compression.ts";
import type { FileReader } from "./file-reader.ts";

/** Those sections of one file, by what the container calls them. */
export class NamedDebugSections {
  readonly #reader: FileReader;
  readonly #sections: readonly Section[];
  readonly #namesOf: (name: string) => { readonly plain: string; readonly packed: string };

  /** @param namesOf what the sections of a name are called, as it is and packed */
  constructor(
    reader: FileReader,
    sections: readonly Section[],
    namesOf: (name: string) => { readonly plain: string; readonly packed: string },
  ) {
    this.#reader = reader;
    this.#sections = sections;
    this.#namesOf = namesOf;
  }

  /** As `Executable.debugSection`. @throws ExecutableError (`truncated`, `damaged`, `read-failed`) */
  read(name: string): Uint8Array | undefined {
    const plain = this.#find(this.#namesOf(name).plain);
    return plain === undefined ? this.#open(name)?.unpack() : this.#bytes(plain);
  }

  /** As `Executable.unpackedDebugSize`. */
  unpackedSize(name: string): number {
    const isPlain = this.#find(this.#namesOf(name).plain) !== undefined;
    return isPlain ? 0 : (this.#open(name)?.size ?? 0);
  }

  #open(name: string): PackedSection | undefined {
    const packed = this.#find(this.#namesOf(name).packed);
    return packed === undefined ? undefined : openOldSection(this.#bytes(packed), packed);
  }

  #find(wanted: string): Section | undefined {
    return this.#sections.find(({ name, fileSize }) => name === wanted && fileSize > 0);
  }

  #bytes({ position, fileSize, name }: Section): Uint8Array {
    return this.#reader.bytes(position, fileSize, name);
  }
}
