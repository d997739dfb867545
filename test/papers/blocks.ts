/** Code blocks of README files, and who can run them: a mark, which nobody who reads the page sees, names clients that a block needs. */
import { readFileSync } from "node:fs";

export interface Block {
  /** What stands behind the fence: sh, go, sql …; empty for output. */
  readonly language: string;
  readonly text: string;
  /** Of the fence, from 1. */
  readonly line: number;
  /** Programs beside gohd that it needs, as the mark `<!-- clients: pprof, jq -->` in front of it names them. */
  readonly clients: readonly string[];
  /** Whether nothing of it runs without them: `<!-- only clients: go -->`. */
  readonly needsClients: boolean;
  /** What it prints: the text of the block right behind it that has no language. */
  readonly output: string | undefined;
}

const FENCE = /^\s*```(.*)$/;
const MARK = /^\s*<!-- (only )?clients: (.+?) -->$/;

/** All code blocks of a file, in their order. */
export function readBlocks(path: string): readonly Block[] {
  const lines = readFileSync(path, "utf8").split("\n");
  const blocks: { -readonly [K in keyof Block]: Block[K] }[] = [];
  // The last line that is not empty: a mark, or the fence that ended a block.
  let before = "";
  for (let number = 0; number < lines.length; number++) {
    const opening = FENCE.exec(lines[number]!);
    if (opening === null) {
      if (lines[number]!.trim() !== "") before = lines[number]!;
      continue;
    }
    const end = lines.findIndex((line, other) => other > number && FENCE.test(line));
    if (end < 0) throw new Error(`${path}:${number + 1}: a block without an end`);
    const [, language = ""] = opening;
    const text = `${lines.slice(number + 1, end).join("\n")}\n`;
    const last = blocks.at(-1);
    if (language === "" && last?.language !== "" && FENCE.test(before)) last!.output = text;
    else {
      const mark = MARK.exec(before);
      blocks.push({
        language,
        text,
        line: number + 1,
        clients: mark?.[2]?.split(/,\s*/) ?? [],
        needsClients: mark?.[1] !== undefined,
        output: undefined,
      });
    }
    before = lines[end]!;
    number = end;
  }
  return blocks;
}
