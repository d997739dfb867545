/** Shell blocks of README files as commands: words, quotes, comments, loops over words, redirection. No shell is asked. */

export interface ShellCommand {
  readonly line: string;
  readonly words: readonly string[];
  /** File that its output goes to, if one is named. */
  readonly target: string | undefined;
  /** What it has to end with: a comment `# exit code 3` behind it says so. */
  readonly exitCode: number;
  /** Whether it is one of several that a pipe connects. */
  readonly isPiped: boolean;
}

const TOKEN = /(?:'[^']*'|"[^"]*"|[^\s'"|&;<>#]|(?<=\S)#)+|\|\||\||&&|;|>>?|<|#.*/g;

/** The commands of a block in the order in which they run, those of a loop once for each of its words. */
export function readCommands(text: string): readonly ShellCommand[] {
  const joined = text.replace(/\\\n\s*/g, "");
  const unrolled = joined.replace(
    /^for (\w+) in ([^;\n]*); do\s([\s\S]*?)(?:;\s*|\n)done$/gm,
    (_, name: string, words: string, body: string) =>
      words
        .split(" ")
        .map((word) => body.replaceAll(`$${name}`, word).replaceAll(`\${${name}}`, word))
        .join("\n"),
  );
  return unrolled
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .flatMap(readLine);
}

function readLine(line: string): readonly ShellCommand[] {
  const tokens: string[] = line.match(TOKEN) ?? [];
  const comment = tokens.at(-1)?.startsWith("#") ? tokens.pop()! : "";
  const exitCode = Number(/exit code (\d+)/.exec(comment)?.[1] ?? 0);
  const isPiped = tokens.includes("|") || tokens.includes("<");
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let target: string | undefined;
  const end = (): void => {
    if (words.length > 0) commands.push({ line, words, target, exitCode, isPiped });
    words = [];
    target = undefined;
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (/^(\|\|?|&&|;)$/.test(token)) end();
    else if (/^>>?$/.test(token)) target = unquote(tokens[++i]!);
    else words.push(unquote(token));
  }
  end();
  return commands;
}

const unquote = (token: string): string => token.replace(/'([^']*)'|"([^"]*)"/g, (_, one, two) => one ?? two);
