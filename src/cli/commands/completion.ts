/** `gohd completion`: what a shell needs to complete gohd's command lines. */
import { Argument, type Command } from "commander";
import { type ConverterTable, loadBuiltIns } from "../../converter/load.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { writeBash } from "../completion/bash.ts";
import { writeFish } from "../completion/fish.ts";
import { collectVocabulary, type Vocabulary } from "../completion/vocabulary.ts";
import { writeZsh } from "../completion/zsh.ts";
import type { Terminal } from "../terminal/terminal.ts";

const SHELLS = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
} as const satisfies Readonly<Record<string, (vocabulary: Vocabulary) => string>>;

/**
 * Adds the command to `program`.
 * @param createWhole makes a program that has all commands
 */
export function addCompletionCommand(
  program: Command,
  createWhole: () => Promise<Command>,
  converters: ConverterTable,
  terminal: Terminal,
): void {
  program
    .command("completion")
    .summary("complete commands and options in your shell")
    .description("Writes a script with which your shell completes commands, options and formats of gohd.")
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(SHELLS)))
    .addHelpText(
      "after",
      `
Examples:
  gohd completion bash > ~/.local/share/bash-completion/completions/gohd
  gohd completion zsh > ~/.zfunc/_gohd     # ~/.zshrc: fpath=(~/.zfunc $fpath) before compinit
  gohd completion fish > ~/.config/fish/completions/gohd.fish`,
    )
    .action(async (shell: keyof typeof SHELLS) => {
      const script = SHELLS[shell](collectVocabulary(await createWhole(), await loadBuiltIns(converters)));
      await (await createStreamSink(terminal.output).open()).write(Buffer.from(script));
    });
}
