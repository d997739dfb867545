/** Completion for fish: a line for each thing that can be completed, with the condition under which it is. */
import type { OptionWords, Vocabulary } from "./vocabulary.ts";

/** The condition under which options of the report are meant. */
const REPORTING = "__gohd_reports";

/** Writes the script. */
export function writeFish({ commands, converters }: Vocabulary): string {
  const lines = [
    "complete -c gohd -n __fish_use_subcommand -l help -s h -d 'display help for command'",
    `complete -c gohd -n __fish_use_subcommand -l version -s v -d ${quote("print gohd's version")}`,
  ];
  for (const { name, description, options, values } of commands) {
    const condition = `__fish_seen_subcommand_from ${name}`;
    lines.push(`complete -c gohd -n __fish_use_subcommand -a ${name} -d ${quote(description)}`);
    if (values !== undefined) lines.push(`complete -c gohd -n '${condition}' -f -a ${quote(values.join(" "))}`);
    lines.push(...options.map((option) => writeOption(name === "report" ? REPORTING : condition, option)));
  }
  for (const { name, options } of converters) {
    const condition = `__fish_seen_subcommand_from convert; and __gohd_to ${name}`;
    lines.push(...options.map((option) => writeOption(condition, option)));
  }
  return `# Completion of gohd for fish; written by gohd completion fish.
function __gohd_reports
    # A dump in the place of a command is reported on.
    set -l words (commandline -opc)
    test (count $words) -gt 1; and begin
        test $words[2] = report; or not contains -- $words[2] ${commands.map(({ name }) => name).join(" ")}
    end
end
function __gohd_to
    string match -qr -- "(^| )--to[ =]$argv[1]( |\\$)" (commandline -opc | string join ' ')
end
${lines.join("\n")}
`;
}

function writeOption(condition: string, { flags, description, takes }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value =
    takes === "nothing"
      ? ""
      : takes === "file"
        ? " -r -F"
        : takes === "text"
          ? " -x"
          : ` -x -a ${quote(takes.join(" "))}`;
  return `complete -c gohd -n '${condition}' ${names.join(" ")}${value} -d ${quote(description)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
