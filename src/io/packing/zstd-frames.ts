/**
 * Finds the frames of a zstd file (RFC 8878 §3.1) without unpacking them: frames follow one another, and each is a header,
 * blocks that tell their own length, and perhaps a checksum. Both unpackers need it: node:zlib's stops after the first
 * frame without a word (Node 24.9), and fzstd's calls itself once per frame.
 */

/** A piece of one frame. */
export interface FramePiece {
  readonly bytes: Uint8Array;
  /** The frame is complete with this piece. */
  readonly last: boolean;
}

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/** What the splitter is gathering or passing on. */
type Part = "magic" | "skippable size" | "skippable" | "descriptor" | "header" | "block header" | "block" | "checksum";

/** Splits the chunks of a zstd file into pieces of frames; skippable frames are left out. */
export class FrameSplitter {
  /** Between two frames, or before the first: the only place where the file may end. */
  get atFrameBoundary(): boolean {
    return this.part === "magic" && this.gathered === 0;
  }

  /** Bytes that the frame which is being split may refer back, as it says itself; 0 until it has said so. */
  windowSize = 0;

  private part: Part = "magic";
  /** Bytes that this part still lacks. */
  private missing = 4;
  /** The small parts are read as one little-endian number, so they are gathered across chunks. */
  private readonly small = new Uint8Array(4);
  private gathered = 0;
  /** What comes behind the descriptor; 14 bytes at the most. */
  private readonly header = new Uint8Array(14);
  private descriptor = 0;
  private hasChecksum = false;
  private isLastBlock = false;

  /** Yields what `chunk` adds, as views into it. @throws Error, saying why this is not a zstd frame. */
  *split(chunk: Uint8Array): Generator<FramePiece> {
    let position = 0;
    let pieceStart = 0;
    while (position < chunk.length || this.missing === 0) {
      const take = Math.min(this.missing, chunk.length - position);
      const gathering = this.isSmall() ? this.small : this.part === "header" ? this.header : undefined;
      if (gathering) {
        for (let i = 0; i < take; i++) gathering[this.gathered++] = chunk[position + i]!;
      }
      position += take;
      this.missing -= take;
      if (this.missing > 0) break;

      const before = this.part;
      const frameEnds = this.advance();
      if (before === "magic" && this.part === "descriptor") {
        // The magic may have begun in an earlier chunk: hand it on whole, from memory of our own.
        yield { bytes: this.small.slice(0, 4), last: false };
        pieceStart = position;
      } else if (before === "skippable" || before === "skippable size") {
        pieceStart = position;
      } else if (frameEnds) {
        yield { bytes: chunk.subarray(pieceStart, position), last: true };
        pieceStart = position;
      }
    }
    const inFrame = this.part !== "magic" && this.part !== "skippable" && this.part !== "skippable size";
    if (inFrame && position > pieceStart) yield { bytes: chunk.subarray(pieceStart, position), last: false };
  }

  private isSmall(): boolean {
    return this.part !== "skippable" && this.part !== "header" && this.part !== "block" && this.part !== "checksum";
  }

  /** Goes on to the next part, now that the current one is complete; true if the frame is. */
  private advance(): boolean {
    const value = this.isSmall() ? this.smallValue() : 0;
    switch (this.part) {
      case "magic":
        if (value === FRAME_MAGIC) this.expect("descriptor", 1);
        else if ((value & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) this.expect("skippable size", 4);
        else throw new Error(`no zstd frame begins with ${value.toString(16).padStart(8, "0")}`);
        return false;
      case "skippable size":
        this.expect("skippable", value);
        return false;
      case "skippable":
        this.expect("magic", 4);
        return false;
      case "descriptor": {
        const isSingleSegment = (value >> 5) & 1;
        const dictionaryBytes = [0, 1, 2, 4][value & 3]!;
        const contentSizeBytes = [isSingleSegment, 2, 4, 8][value >> 6]!;
        this.hasChecksum = (value & 4) !== 0;
        this.descriptor = value;
        this.windowSize = 0;
        this.expect("header", 1 - isSingleSegment + dictionaryBytes + contentSizeBytes);
        return false;
      }
      case "header":
        this.windowSize = readWindowSize(this.descriptor, this.header.subarray(0, this.gathered));
        this.expect("block header", 3);
        return false;
      case "block header": {
        this.isLastBlock = (value & 1) !== 0;
        const isRunLength = ((value >> 1) & 3) === 1;
        this.expect("block", isRunLength ? 1 : value >> 3);
        return false;
      }
      case "block":
        if (!this.isLastBlock) this.expect("block header", 3);
        else if (this.hasChecksum) this.expect("checksum", 4);
        else return this.endFrame();
        return false;
      case "checksum":
        return this.endFrame();
    }
  }

  private endFrame(): boolean {
    this.expect("magic", 4);
    return true;
  }

  private expect(part: Part, length: number): void {
    this.part = part;
    this.missing = length;
    this.gathered = 0;
  }

  private smallValue(): number {
    let value = 0;
    for (let i = this.gathered - 1; i >= 0; i--) value = value * 256 + this.small[i]!;
    return value;
  }
}

/** What a frame's header says of its window (RFC 8878 §3.1.1.1.2); without one, the window is the whole content. */
function readWindowSize(descriptor: number, header: Uint8Array): number {
  const isSingleSegment = ((descriptor >> 5) & 1) === 1;
  if (!isSingleSegment) {
    const base = 2 ** (10 + (header[0]! >> 3));
    return base + (base / 8) * (header[0]! & 7);
  }
  const start = [0, 1, 2, 4][descriptor & 3]!;
  let size = 0;
  for (let i = header.length - 1; i >= start; i--) size = size * 256 + header[i]!;
  return descriptor >> 6 === 1 ? size + 256 : size;
}
