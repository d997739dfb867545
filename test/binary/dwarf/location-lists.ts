/** What readelf prints of location lists, and how its words are to be understood: another reader's opinion, for tests. */
import { spawnSync } from "node:child_process";

/** An entry of a list: a range with operations, or the index of a new base address. */
export type ListEntryRow =
  | { readonly low: number; readonly high: number; readonly operations: string }
  | { readonly baseIndex: number };

export const hasReadelf = spawnSync("readelf", ["--version"]).status === 0;

/**
 * The lists of an ELF file by their offset in the section. Bases that are addresses readelf has added; of those that are
 * indexes it adds what it takes for the address, without the unit's own base of indexes, so that it is taken off again.
 */
export function readLists(file: string): ReadonlyMap<number, readonly ListEntryRow[]> {
  const lists = new Map<number, ListEntryRow[]>();
  const { stdout } = spawnSync("readelf", ["-W", "--debug-dump=loc", file], { encoding: "utf8", maxBuffer: 1 << 30 });
  let current: ListEntryRow[] | undefined;
  let mistaken: bigint | undefined;
  for (const line of stdout.split("\n")) {
    const [, printed] = /(?:^|\) )([0-9a-f]+) \(base address\)$/.exec(line) ?? [];
    const [, at, rest] = /^ {4}([0-9a-f]{8,}) (.*)$/.exec(line) ?? [];
    if (at !== undefined && rest !== undefined) {
      if (!current) {
        current = [];
        lists.set(Number.parseInt(at, 16), current);
        mistaken = undefined;
      }
      const index = /^([0-9a-f]+) \(index into/.exec(rest);
      const range = /^([0-9a-f]+) ([0-9a-f]+) \((.*?)\)(?: \(start [=>]+ end\))?$/.exec(rest);
      if (rest === "<End of list>") current = undefined;
      else if (index) {
        current.push({ baseIndex: Number.parseInt(index[1]!, 16) });
        mistaken = 0n;
      } else if (range && range[3] !== "base address") {
        const [low, high] = [range[1]!, range[2]!].map((word) => Number(BigInt(`0x${word}`) - (mistaken ?? 0n)));
        current.push({ low: low!, high: high!, operations: range[3]! });
      }
    }
    if (printed !== undefined && mistaken !== undefined) mistaken = BigInt(`0x${printed}`);
  }
  return lists;
}

/** Bytes of an expression as readelf spells them, for the operations that Go's compiler uses. */
export function spellOperations(bytes: Uint8Array, pointerSize: number): string {
  const words: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const operation = bytes[at++]!;
    if (operation === 0x9c) words.push("DW_OP_call_frame_cfa");
    else if (operation === 0x91) {
      let value = 0n;
      let shift = 0n;
      do {
        value |= BigInt(bytes[at]! & 0x7f) << shift;
        shift += 7n;
      } while (bytes[at++]! >= 0x80);
      words.push(`DW_OP_fbreg: ${BigInt.asIntN(Number(shift), value)}`);
    } else if (operation === 0x03) {
      at += pointerSize;
      words.push("DW_OP_addr: 0");
    } else if (operation >= 0x50 && operation <= 0x6f) words.push(`DW_OP_reg${operation - 0x50}`);
    else throw new Error(`the operation ${operation} is not spelled`);
  }
  return words.join("; ");
}

/** What is in memory relative to the frame, as "offset+size@frameOffset" of each piece. */
export function evaluateSpelled(operations: string, size: number): string {
  const found: string[] = [];
  let top: number | undefined;
  let offset = 0;
  let isSplit = false;
  for (const word of operations.split("; ")) {
    const [, operation, operand] = /^DW_OP_(\w+)(?:: (-?\d+))?/.exec(word) ?? [];
    if (operation === "fbreg") top = Number(operand);
    else if (operation === "call_frame_cfa") top = 0;
    else if (operation === "piece") {
      if (top !== undefined) found.push(`${offset}+${operand}@${top}`);
      offset += Number(operand);
      top = undefined;
      isSplit = true;
    } else top = undefined;
  }
  if (!isSplit && top !== undefined && size > 0) found.push(`0+${size}@${top}`);
  return found.join(" ");
}
