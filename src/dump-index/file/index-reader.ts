/**
 * IndexReader: the sections of an index file, each read when it is asked for, whole, and checked. Nothing of the file is
 * believed: whatever is not as gohd writes it makes the file unusable.
 */
import type { ByteSource } from "../../io/sources/source.ts";
import {
  COLUMN_TYPES,
  type Column,
  type ColumnType,
  checksum,
  type Directory,
  FORMAT_VERSION,
  HEAD_SIZE,
  hasChecksums,
  LARGEST_DIRECTORY,
  MAGIC,
  machineByteOrder,
  type Section,
  TAIL_SIZE,
} from "./layout.ts";
import { UnusableIndexError } from "./unusable-index.ts";

const DAMAGED = "it is damaged";
/** Bytes of a section that are checked at a time, when nothing else is done with them. */
const PIECE_SIZE = 1 << 18;

type ColumnOf<T extends ColumnType> = InstanceType<(typeof COLUMN_TYPES)[T]>;

/** Whether bytes are the beginning of an index file, of whatever version. */
export function isIndexHead(head: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(head.subarray(0, MAGIC.length)) === MAGIC;
}

export class IndexReader {
  readonly key: unknown;
  readonly #source: ByteSource;
  readonly #sections = new Map<string, Section>();
  /** Names of sections that were read and found to be right. */
  readonly #checked = new Set<string>();

  /**
   * Reads the directory. The caller closes the source.
   * @param writer version of gohd that has to have written it
   * @throws UnusableIndexError
   */
  constructor(source: ByteSource, writer: string) {
    this.#source = source;
    if (!hasChecksums()) throw new UnusableIndexError("this Node has no CRC-32; 20.15 and 22.2 have");
    const head = this.#read(0, Math.min(HEAD_SIZE, source.size));
    if (!isIndexHead(head)) throw new UnusableIndexError("gohd did not write it");
    const version = new TextDecoder("latin1").decode(head).slice(MAGIC.length).split("\n")[0];
    if (version !== String(FORMAT_VERSION)) throw new UnusableIndexError("another build of gohd wrote it");
    const directory = parseDirectory(this.#readDirectory());
    if (directory.writer !== writer) throw new UnusableIndexError("another build of gohd wrote it");
    if (directory.byteOrder !== machineByteOrder()) {
      throw new UnusableIndexError("a machine of another byte order wrote it");
    }
    this.key = directory.key;
    for (const section of directory.sections) this.#sections.set(section.name, checkSection(section, source.size));
  }

  /** Whether there is such a section. */
  has(name: string): boolean {
    return this.#sections.has(name);
  }

  /** Reads a column. @param length elements that it has to have; any if not given @throws UnusableIndexError */
  column<T extends ColumnType>(name: string, type: T, length?: number): ColumnOf<T> {
    const section = this.#sections.get(name);
    const Type = COLUMN_TYPES[type];
    if (section === undefined || section.type !== type) throw new UnusableIndexError(DAMAGED);
    if (length !== undefined && section.size !== length * Type.BYTES_PER_ELEMENT) throw new UnusableIndexError(DAMAGED);
    const column = new Type(section.size / Type.BYTES_PER_ELEMENT);
    const bytes = new Uint8Array(column.buffer);
    this.#fill(bytes, section.offset);
    if (!this.#checked.has(name) && checksum(bytes) !== section.checksum) throw new UnusableIndexError(DAMAGED);
    this.#checked.add(name);
    return column as ColumnOf<T>;
  }

  /** Reads a column of one of these types. @param length elements that it has to have @throws UnusableIndexError */
  columnOf<T extends ColumnType>(name: string, types: readonly T[], length: number): ColumnOf<T> {
    const type = types.find((each) => each === this.#sections.get(name)?.type);
    if (type === undefined) throw new UnusableIndexError(DAMAGED);
    return this.column(name, type, length);
  }

  /** Reads a column of whatever type it has. @throws UnusableIndexError */
  anyColumn(name: string): Column {
    const section = this.#sections.get(name);
    if (section === undefined) throw new UnusableIndexError(DAMAGED);
    return this.column(name, section.type);
  }

  /** Reads a text. @throws UnusableIndexError */
  text(name: string): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.column(name, "u8"));
  }

  /**
   * Checks sections that were not read yet, and keeps nothing: that takes a third of the time of reading them.
   * @param isWanted by name @throws UnusableIndexError
   */
  verify(isWanted: (name: string) => boolean): void {
    const piece = new Uint8Array(PIECE_SIZE);
    for (const { name, offset, size, checksum: expected } of this.#sections.values()) {
      if (this.#checked.has(name) || !isWanted(name)) continue;
      let crc = 0;
      for (let done = 0; done < size; done += PIECE_SIZE) {
        const bytes = piece.subarray(0, Math.min(PIECE_SIZE, size - done));
        this.#fill(bytes, offset + done);
        crc = checksum(bytes, crc);
      }
      if (crc !== expected) throw new UnusableIndexError(DAMAGED);
      this.#checked.add(name);
    }
  }

  #readDirectory(): string {
    const { size } = this.#source;
    if (size < HEAD_SIZE + TAIL_SIZE) throw new UnusableIndexError(DAMAGED);
    const tail = new DataView(this.#read(size - TAIL_SIZE, TAIL_SIZE).buffer);
    const offset = tail.getFloat64(0, true);
    const length = tail.getUint32(8, true);
    if (offset + length !== size - TAIL_SIZE || length > LARGEST_DIRECTORY) throw new UnusableIndexError(DAMAGED);
    const bytes = this.#read(offset, length);
    if (checksum(bytes) !== tail.getUint32(12, true)) throw new UnusableIndexError(DAMAGED);
    return new TextDecoder().decode(bytes);
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#fill(bytes, offset);
    return bytes;
  }

  #fill(bytes: Uint8Array, offset: number): void {
    try {
      if (this.#source.read(bytes, 0, bytes.length, offset) === bytes.length) return;
    } catch {
      // Cut short since it was opened, or the disk is at fault: no reason to do without what the dump itself has.
    }
    throw new UnusableIndexError(DAMAGED);
  }
}

function parseDirectory(text: string): Directory {
  try {
    const directory = JSON.parse(text) as Directory;
    if (Array.isArray(directory.sections)) return directory;
  } catch {
    // As below.
  }
  throw new UnusableIndexError(DAMAGED);
}

/** @param fileSize of the whole file */
function checkSection(section: Section, fileSize: number): Section {
  const { name, type, offset, size } = section;
  const isSane =
    typeof name === "string" &&
    Object.hasOwn(COLUMN_TYPES, type) &&
    Number.isInteger(offset) &&
    Number.isInteger(size) &&
    offset >= HEAD_SIZE &&
    size >= 0 &&
    offset + size <= fileSize &&
    size % COLUMN_TYPES[type].BYTES_PER_ELEMENT === 0;
  if (!isSane) throw new UnusableIndexError(DAMAGED);
  return section;
}
