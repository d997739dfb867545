/** Completion for bash 4 and later, as a function that `complete` calls. Files are bash's own business. */
import type { OptionWords, Vocabulary } from "./vocabulary.ts";

/** Writes the script. */
export function writeBash({ commands, converters }: Vocabulary): string {
  const names = commands.map(({ name }) => name);
  const cases = commands.flatMap(({ name, options, values }) => [
    ...valueCases(`${name}:*`, options),
    ...(values === undefined ? [] : [`    ${name}:*:*) [[ $cur != -* ]] && words=${list(values)} ;;`]),
  ]);
  const added = converters.flatMap(({ name, options }) => valueCases(`convert:${name}`, options));
  return `# Completion of gohd for bash; written by gohd completion bash.
_gohd() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} to= formats=() words= options= i
  COMPREPLY=()
  # bash takes --to=dot for three words.
  [[ $cur == = ]] && cur=
  [[ $prev == = ]] && prev=\${COMP_WORDS[COMP_CWORD-2]}
  if (( COMP_CWORD == 1 )); then
    [[ $cur == -* ]] && words='--help --version' || words=${list(names)}
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    return
  fi
  # A dump in the place of a command is reported on.
  case $command in
    ${names.join("|")}) ;;
    *) command=report ;;
  esac
  for (( i = 2; i < COMP_CWORD; i++ )); do
    if [[ \${COMP_WORDS[i]} == --to ]]; then
      to=\${COMP_WORDS[i+1]}
      [[ $to == = ]] && to=\${COMP_WORDS[i+2]}
      formats+=("$to")
    fi
  done
  for to in "\${formats[@]}" ''; do
    [[ $words ]] && break
    case $command:$to:$prev in
${[...added, ...cases].join("\n")}
    esac
  done
  case $words in
    FILES) return ;;
    ?*) COMPREPLY=($(compgen -W "$words" -- "$cur")); return ;;
  esac
  [[ $cur == -* ]] || return
  case $command in
${commands.map(({ name, options }) => `    ${name}) options=${list(options.flatMap(({ flags }) => flags))} ;;`).join("\n")}
  esac
  for to in "\${formats[@]}"; do
    case $command:$to in
${converters.map(({ name, options }) => `    convert:${name}) options+=${list(["", ...options.flatMap(({ flags }) => flags)])} ;;`).join("\n")}
    esac
  done
  COMPREPLY=($(compgen -W "$options" -- "$cur"))
}
complete -o default -F _gohd gohd
`;
}

/** What may follow the options that take something, one case each. */
function valueCases(command: string, options: readonly OptionWords[]): string[] {
  return options
    .filter(({ takes }) => takes !== "nothing")
    .map(({ flags, takes }) => {
      const pattern = flags.map((flag) => `${command}:${flag}`).join("|");
      return `    ${pattern}) words=${typeof takes === "string" ? "FILES" : list(takes)} ;;`;
    });
}

function list(words: readonly string[]): string {
  return `'${words.join(" ")}'`;
}
