/** `gohd completion`, asked by the shells themselves. Those that are not installed are skipped. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../../converters/index.ts";
import { collectVocabulary } from "../../../src/cli/completion/vocabulary.ts";
import { DUMP_COMMANDS, OTHER_COMMANDS } from "../../../src/cli/options/command-names.ts";
import { createProgram, runCommandLine } from "../../../src/cli/program.ts";
import { loadBuiltIns } from "../../../src/converter/load.ts";
import { testTerminal } from "../test-terminal.ts";

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gohd-test-completion-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function gohd(...args: string[]) {
  const terminal = testTerminal();
  const code = await runCommandLine(args, terminal);
  return { code, output: terminal.outputText(), errors: terminal.errorText() };
}

/** Writes the shell's script into a file; returns its path. */
async function script(shell: string): Promise<string> {
  const { code, output } = await gohd("completion", shell);
  expect(code).toBe(0);
  const path = join(folder, shell);
  writeFileSync(path, output);
  return path;
}

function run(shell: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(shell, args, { encoding: "utf8", cwd: folder });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter(Boolean);
}

const has = (shell: string): boolean => {
  const found = spawnSync(shell, ["--version"]).error === undefined;
  if (!found) console.warn(`tests of completion in ${shell} skipped: it is not installed`);
  return found;
};

test("knows every command, converter and option that help shows", async () => {
  const terminal = testTerminal();
  const program = await createProgram([], terminal);
  const { commands, converters } = collectVocabulary(program, await loadBuiltIns(BUILT_IN_CONVERTERS));
  expect(commands.map(({ name }) => name).sort()).toEqual([...DUMP_COMMANDS, ...OTHER_COMMANDS].sort());
  expect(converters.map(({ name }) => name)).toEqual(Object.keys(BUILT_IN_CONVERTERS));
  const { output } = await gohd("help", "sql");
  const shown = [...output.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
  expect(shown.length).toBeGreaterThan(10);
  expect(commands.find(({ name }) => name === "sql")!.options.map(({ flags }) => flags.at(-1))).toEqual(shown);
});

test("a shell that is not known is refused", async () => {
  const { code, errors } = await gohd("completion", "tcsh");
  expect(code).toBe(2);
  expect(errors).toContain("bash, zsh, fish");
});

describe.skipIf(!has("bash"))("bash", () => {
  test.each([
    [["co"], ["convert", "converters", "completion"]],
    [["-"], ["--help", "--version"]],
    [["convert", "--to", "du"], ["duckdb"]],
    [["convert", "--to", "=", "sv"], ["svg"]],
    [["convert", "x", "--to", "dot", "--gr"], ["--graph"]],
    [
      ["convert", "x", "--to", "=", "dot", "--no-"],
      ["--no-cache", "--no-contents"],
    ],
    [
      ["convert", "x", "--to", "dot", "--graph", ""],
      ["owners", "dominators", "references", "types"],
    ],
    [["convert", "x", "--to", "pprof", "--gr"], []],
    [["convert", "x", "--to", "dot", "--to", "=", "pprof", "--gr"], ["--graph"]],
    [["convert", "x", "--to", "dot", "--to", "pprof", "--pr"], ["--profile"]],
    [["convert", "x", "--to", "dot", "--to", "pprof", "--pprof.pr"], ["--pprof.profile"]],
    [
      ["convert", "x", "--to", "dot", "--to", "pprof", "--dot.graph", ""],
      ["owners", "dominators", "references", "types"],
    ],
    [["convert", "x", "--exe", ""], []],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["info", "--js"], ["--json"]],
    // A dump alone is reported on.
    [["app.dump", "--js"], ["--json"]],
    [["app.dump", "--exe", ""], []],
    [["info", "app"], []],
    [["top", "x", "--by", "g"], ["goroutine"]],
    [
      ["top", "x", "--sort", ""],
      ["owned", "shallow", "both", "count", "name"],
    ],
    [["help", "sq"], ["sql"]],
  ])("%j", async (words, expected) => {
    const typed = ["gohd", ...words].map((word) => `'${word}'`).join(" ");
    const found = run("bash", [
      "-c",
      `source ${await script("bash")}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _gohd; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
    expect(found).toEqual(expected);
  });
});

describe.skipIf(!has("fish"))("fish", () => {
  test.each([
    ["gohd co", ["completion", "convert", "converters"]],
    ["gohd convert --to du", ["duckdb"]],
    ["gohd convert x --to dot --gr", ["--graph"]],
    ["gohd convert x --to=dot --no-", ["--no-cache", "--no-contents"]],
    ["gohd convert x --to pprof --gr", []],
    ["gohd convert x --to dot --to pprof --gr", ["--graph"]],
    ["gohd convert x --to dot --to=pprof --pprof.pro", ["--pprof.profile"]],
    ["gohd convert x --to dot --graph ", ["dominators", "owners", "references", "types"]],
    ["gohd completion ", ["bash", "fish", "zsh"]],
    ["gohd info --js", ["--json"]],
    ["gohd report app.dump --js", ["--json"]],
    ["gohd app.dump --js", ["--json"]],
    ["gohd top x --by ", ["goroutine", "package", "root", "site", "type"]],
  ])("%s", async (line, expected) => {
    const found = run("fish", ["--no-config", "-c", `source ${await script("fish")}; complete -C '${line}'`]);
    expect(found.map((each) => each.split("\t")[0])).toEqual(expected);
  });
});

describe.skipIf(!has("zsh"))("zsh", () => {
  /** What `_arguments` and `_describe` are told to complete. */
  async function specifications(...words: string[]): Promise<string[]> {
    const typed = ["gohd", ...words].map((word) => `'${word}'`).join(" ");
    return run("zsh", [
      "-f",
      "-c",
      `compdef() { :; }; _arguments() { print -rl -- "$@"; }; _describe() { print -rl -- \${(P)2}; }; _files() { print files; }
       source ${await script("zsh")}; words=(${typed}); CURRENT=${words.length + 1}; _gohd`,
    ]);
  }

  test("commands", async () => {
    const found = await specifications("");
    expect(found).toContain("info:what a dump is, and what is in it");
    // A dump alone is reported on.
    expect(found).toContain("files");
    expect(await specifications("app.dump", "")).toEqual(await specifications("report", ""));
  });

  test("options, and those of the converter that is named", async () => {
    const found = await specifications("convert", "x", "--to", "dot", "");
    expect(found).toContainEqual(
      expect.stringMatching(/^\*--graph=\[.*\]:value:\(owners dominators references types\)$/),
    );
    expect(found).toContainEqual(expect.stringMatching(/^\*-o\+\[.*\]:file:_files$/));
    expect(found).toContain("*:file:_files");
    expect((await specifications("convert", "x", "--to=pprof", "")).join("\n")).not.toContain("--graph");
    const both = (await specifications("convert", "x", "--to=pprof", "--to", "dot", "")).join("\n");
    for (const flag of ["*--graph=", "*--profile=", "*--pprof.profile="]) expect(both).toContain(flag);
    expect(found).toContainEqual(expect.stringMatching(/^\(-q --quiet\)-q\[/));
    expect(await specifications("completion", "")).toContain("*:what:(bash zsh fish)");
  });
});
