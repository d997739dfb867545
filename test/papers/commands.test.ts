/**
 * Every gohd command of every README file runs, as a reader would run it from top to bottom, and prints what the page says. Blocks
 * that need other programs are marked for `npm run clients`; of those only gohd's own lines run here.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../src/cli/program.ts";
import { testTerminal } from "../cli/test-terminal.ts";
import { type Block, readBlocks } from "./blocks.ts";
import { firstBlock, makesFolder, READMES, ROOT } from "./pages.ts";
import { readCommands, type ShellCommand } from "./shell-lines.ts";

const previous = process.cwd();
let root: string;
/** What "Try it" makes: the folder in which the commands of all pages run. */
let tried: string;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-papers-")));
  symlinkSync(join(ROOT, "samples"), join(root, "samples"));
  const first = firstBlock();
  process.chdir(root);
  for (const command of readCommands(first.text)) await run(command, first);
  tried = process.cwd();
});
afterEach(() => process.chdir(previous));
afterAll(() => rmSync(root, { recursive: true }));

/** Goes to where a reader is before the first command of a page. */
function begin(): void {
  const folder = mkdtempSync(join(root, "page-"));
  symlinkSync(join(ROOT, "samples"), join(folder, "samples"));
  cpSync(tried, join(folder, "try"), { recursive: true });
  process.chdir(join(folder, "try"));
}

/** Runs a command; returns what it printed, or undefined if it is none that can run here. */
async function run(
  { line, words, target, exitCode, isPiped }: ShellCommand,
  { clients }: Block,
): Promise<string | undefined> {
  const [name, ...args] = words;
  if (name === "gohd" && !isPiped) {
    const terminal = testTerminal({ directory: process.cwd() });
    const code = await runCommandLine(args, terminal);
    expect(code, `${line}\n${terminal.errorText()}`).toBe(exitCode);
    if (target !== undefined) writeFileSync(target, terminal.outputText());
    return terminal.outputText();
  }
  if (name === "mkdir") for (const folder of args.filter((arg) => arg !== "-p")) mkdirSync(folder, { recursive: true });
  else if (name === "cd") process.chdir(args[0]!);
  else if (name === "cp") cpSync(args[0]!, args[1]!);
  else expect(clients, `${line}: needs a mark, <!-- clients: … -->`).not.toEqual([]);
  return undefined;
}

/** Expects that a page's output is what was printed, but for what `…` in a line of its own leaves out. */
function expectShown(shown: string, printed: string): void {
  const trimmed = printed.replace(/ +$/gm, "");
  const parts = shown.split(/^ *…\n/m);
  let from = 0;
  for (const [number, part] of parts.entries()) {
    const at = trimmed.indexOf(part, from);
    if (at < 0) expect(trimmed.slice(from)).toContain(part);
    if (number === 0 && part !== "") expect(at, "the beginning").toBe(0);
    from = at + part.length;
  }
  if (parts.at(-1) !== "") expect(trimmed.slice(from), "the end").toBe("");
}

test("there are pages", () => expect(READMES.length).toBeGreaterThan(10));

describe.each(READMES)("%s", (path) => {
  const blocks = readBlocks(join(ROOT, path));
  const shell = blocks.filter((block) => block.language === "sh" && !block.needsClients && !makesFolder(block));

  test.runIf(shell.length > 0)("its commands run, and print what it says", { timeout: 120_000 }, async () => {
    begin();
    for (const block of shell) {
      let printed: string | undefined;
      for (const command of readCommands(block.text)) printed = await run(command, block);
      if (block.output !== undefined && printed !== undefined) {
        expectShown(block.output, printed);
      }
    }
  });

  test("has no commands but in blocks of sh", () => {
    const indented = readFileSync(join(ROOT, path), "utf8").match(/^ {4}(gohd|go tool|node|npm) .*$/gm) ?? [];
    expect(indented.filter((line) => !blocks.some(({ text, output }) => `${text}${output}`.includes(line)))).toEqual(
      [],
    );
  });
});
