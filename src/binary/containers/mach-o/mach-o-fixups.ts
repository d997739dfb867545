/**
 * LC_DYLD_CHAINED_FIXUPS: since 2021 Apple's linker leaves in a pointer's place not an address, but an encoded target and
 * the distance to the next pointer; the loader walks these chains. Decoding them gives what older files have in place.
 * Layout as in <mach-o/fixup-chains.h>. Go's own linker writes plain addresses; only programs with cgo have chains.
 */
import { ExecutableError } from "../../../errors.ts";
import type { FileReader } from "../file-reader.ts";
import type { Relocate } from "../image.ts";
import { readUint64 } from "../image.ts";
import type { LinkRange } from "./mach-o-header.ts";

/** Of DYLD_CHAINED_PTR_*: those of amd64 and arm64. The others sign pointers (arm64e), or are of 32 bits, or of kernels. */
const Format = { Plain64: 2, Offset64: 6 } as const;

/** Pointers in a page, or none. */
const NO_START = 0xffff;

/** Where the chains of one segment begin. */
interface ChainStarts {
  /** Link-time address of the segment. */
  readonly address: number;
  readonly pageSize: number;
  readonly format: number;
  /** By page: offset of the first pointer, or NO_START. */
  readonly pages: Uint16Array;
}

/** Makes the function that decodes segments when they are read. The table is read with the first segment. */
export function createMachORelocator(reader: FileReader, range: LinkRange | undefined, imageBase: number): Relocate {
  if (range === undefined || range.size === 0) return () => {};
  let chains: readonly ChainStarts[] | undefined;
  return (segment, contents) => {
    chains ??= readChainStarts(reader, range, imageBase);
    for (const starts of chains) {
      if (starts.address === segment.address) decodeChains(starts, imageBase, contents);
    }
  };
}

/** Replaces each pointer of the segment by its target; by 0 those that another library's symbol fills. */
function decodeChains({ pageSize, pages, format }: ChainStarts, imageBase: number, contents: DataView): void {
  const base = format === Format.Offset64 ? imageBase : 0;
  for (let page = 0; page < pages.length; page++) {
    if (pages[page] === NO_START) continue;
    // A chain stays in its page, which also bounds what a damaged one costs.
    const last = Math.min((page + 1) * pageSize, contents.byteLength) - 8;
    let at = page * pageSize + pages[page]!;
    while (at <= last) {
      const low = contents.getUint32(at, true);
      const high = contents.getUint32(at + 4, true);
      // From bit 0: target 36, high byte 8, reserved 7, next 12, bind 1.
      const isBind = high >>> 31 !== 0;
      const target = base + (high & 0xf) * 0x1_0000_0000 + low;
      const highByte = (high >>> 4) & 0xff;
      contents.setUint32(at, isBind ? 0 : target, true);
      contents.setUint32(at + 4, isBind ? 0 : Math.floor(target / 0x1_0000_0000) + highByte * 0x100_0000, true);
      const next = (high >>> 19) & 0xfff;
      if (next === 0) break;
      at += next * 4;
    }
  }
}

function readChainStarts(reader: FileReader, range: LinkRange, imageBase: number): readonly ChainStarts[] {
  const view = reader.view(range.position, range.size, "its chained fixups");
  const demand = (at: number, length: number): number => {
    if (at + length <= view.byteLength) return at;
    throw new ExecutableError("the table of chained fixups points beyond its end", {
      code: "damaged",
      position: range.position + Math.min(at, view.byteLength),
    });
  };
  const table = view.getUint32(demand(4, 4), true);
  const count = view.getUint32(demand(table, 4), true);
  demand(table + 4, 4 * count);
  const chains: ChainStarts[] = [];
  const known = new Set<number>();
  let room = view.byteLength;
  for (let i = 0; i < count; i++) {
    const offset = view.getUint32(table + 4 + 4 * i, true);
    if (offset === 0) continue;
    const at = demand(table + offset, 22);
    const format = view.getUint16(at + 6, true);
    if (format !== Format.Plain64 && format !== Format.Offset64) {
      throw new ExecutableError(`pointers have the unknown encoding ${format}`, {
        code: "unsupported",
        position: range.position + at + 6,
        hint: "gohd reads executables of amd64 and arm64, not of arm64e",
      });
    }
    const pageCount = view.getUint16(at + 20, true);
    demand(at + 22, 2 * pageCount);
    const address = imageBase + readUint64(view, at + 8, false);
    // Pointers that were decoded would be decoded once more.
    if (known.has(address)) {
      throw new ExecutableError("a segment has chained fixups twice", {
        code: "damaged",
        position: range.position + at + 8,
      });
    }
    known.add(address);
    // Segments share no pages; damaged tables would multiply them.
    room -= 2 * pageCount;
    if (room < 0) {
      throw new ExecutableError("chained fixups of segments overlap", {
        code: "damaged",
        position: range.position + at,
      });
    }
    chains.push({
      address,
      pageSize: view.getUint16(at + 4, true),
      format,
      pages: Uint16Array.from({ length: pageCount }, (_, page) => view.getUint16(at + 22 + 2 * page, true)),
    });
  }
  return chains;
}
