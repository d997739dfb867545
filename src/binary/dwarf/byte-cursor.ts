/** ByteCursor: reads a section of debug information from front to back, in the file's byte order, never past its end. */
import { decodeText } from "../containers/image.ts";
import { DwarfDamage } from "./damage.ts";

/** Names of generic functions are long; in a damaged section each of thousands of names may reach to its end. */
const MAX_TEXT_LENGTH = 1 << 16;

/** A section and a place in it. Everything that reads throws DwarfDamage where the section ends too early. */
export class ByteCursor {
  bytes: Uint8Array;
  readonly bigEndian: boolean;
  /** Byte that is read next. */
  position = 0;
  /** First byte that is not read. */
  end: number;
  private readonly name: string;

  /** @param name the section's, for messages */
  constructor(bytes: Uint8Array, bigEndian: boolean, name: string) {
    this.bytes = bytes;
    this.bigEndian = bigEndian;
    this.end = bytes.length;
    this.name = name;
  }

  /** Lets go of the section: from now on it is empty. */
  release(): void {
    this.bytes = new Uint8Array(0);
    this.position = 0;
    this.end = 0;
  }

  /** Moves to a byte, from which up to `end` may be read. @throws DwarfDamage if it is outside of the section */
  seek(position: number, end: number = this.bytes.length): this {
    if (!(position >= 0 && position <= end && end <= this.bytes.length)) this.fail(`there is no byte ${position}`);
    this.position = position;
    this.end = end;
    return this;
  }

  uint8(): number {
    if (this.position >= this.end) this.fail("it ends too early");
    return this.bytes[this.position++]!;
  }

  /** Reads an unsigned number of 0 to 8 bytes; exact below 2^53. */
  unsigned(width: number): number {
    const { bytes, position: at } = this;
    this.skip(width);
    let value = 0;
    if (this.bigEndian) for (let i = 0; i < width; i++) value = value * 256 + bytes[at + i]!;
    else for (let i = width - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
    return value;
  }

  /** Reads a signed number of 1 to 8 bytes; exact between -2^53 and 2^53. */
  signed(width: number): number {
    const { bytes, position: at, bigEndian } = this;
    this.skip(width);
    const flip = bytes[bigEndian ? at : at + width - 1]! >= 0x80 ? 0xff : 0;
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + (bytes[bigEndian ? at + i : at + width - 1 - i]! ^ flip);
    return flip === 0 ? value : -value - 1;
  }

  /** Reads an unsigned LEB128; exact below 2^53. */
  uleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  /** Reads a signed LEB128; exact between -2^53 and 2^53. */
  sleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return byte & 0x40 ? value - scale : value;
    }
  }

  skip(length: number): void {
    if (!(length >= 0 && length <= this.end - this.position)) this.fail("it ends too early");
    this.position += length;
  }

  /** Goes past a NUL. */
  skipString(): void {
    const { bytes, end } = this;
    let at = this.position;
    while (at < end && bytes[at] !== 0) at++;
    if (at >= end) this.fail("a string has no end");
    this.position = at + 1;
  }

  /** Reads a string that a NUL ends, of which there is one within MAX_TEXT_LENGTH bytes. */
  text(): string {
    const start = this.position;
    const { end } = this;
    this.end = Math.min(end, start + MAX_TEXT_LENGTH);
    this.skipString();
    this.end = end;
    return decodeText(this.bytes.subarray(start, this.position - 1));
  }

  /** @throws DwarfDamage, always */
  fail(reason: string): never {
    throw new DwarfDamage(`section ${this.name}, byte 0x${this.position.toString(16)}: ${reason}`);
  }
}
