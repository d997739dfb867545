/** Completion for zsh, by its `_arguments`: a specification for each option, with its description. */
import type { OptionWords, Vocabulary } from "./vocabulary.ts";

/** Writes the script. It works from a folder of `fpath`, and sourced. */
export function writeZsh({ commands, converters }: Vocabulary): string {
  const names = commands.map(({ name, description }) => `    ${quote(`${name}:${description}`)}`);
  const cases = commands.map(({ name, options, values }) => {
    const rest = values === undefined ? "'*:file:_files'" : `'*:what:(${values.join(" ")})'`;
    return [`    ${name}) specs=(`, ...options.map(writeOption), `      ${rest}`, "    ) ;;"].join("\n");
  });
  const added = converters.map(({ name, options }) =>
    [`    ${name}) specs+=(`, ...options.map(writeOption), "    ) ;;"].join("\n"),
  );
  return `#compdef gohd
# Completion of gohd for zsh; written by gohd completion zsh.
_gohd() {
  local -a commands specs formats
  local command to i
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then compadd -- --help --version; else _describe command commands; _files; fi
    return
  fi
  for (( i = 3; i < CURRENT; i++ )); do
    case $words[i] in
      --to) formats+=($words[i+1]) ;;
      --to=*) formats+=(\${words[i]#--to=}) ;;
    esac
  done
  # A dump in the place of a command is reported on.
  command=$words[2]
  case $command in
    ${commands.map(({ name }) => name).join("|")}) ;;
    *) command=report ;;
  esac
  case $command in
${cases.join("\n")}
  esac
  [[ $command == convert ]] && for to in $formats; do
    case $to in
${added.join("\n")}
    esac
  done
  shift words
  (( CURRENT-- ))
  _arguments -s -S : $specs
}
if [[ \${funcstack[1]} == _gohd ]]; then _gohd "$@"; else compdef _gohd gohd; fi
`;
}

/** "*--to=[format to write]:converter:(dot svg)"; options of two names exclude one another, unless they may be repeated. */
function writeOption({ flags, description, takes, repeats }: OptionWords): string {
  const value =
    takes === "nothing"
      ? ""
      : takes === "file"
        ? ":file:_files"
        : takes === "text"
          ? ":text: "
          : `:value:(${takes.join(" ")})`;
  const exclusive = repeats ? "*" : flags.length > 1 ? `(${flags.join(" ")})` : "";
  return flags
    .map((flag) => {
      const sign = takes === "nothing" ? "" : flag.startsWith("--") ? "=" : "+";
      return `      ${quote(`${exclusive}${flag}${sign}[${description.replaceAll(/[[\]\\:]/g, "\\$&")}]${value}`)}`;
    })
    .join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
