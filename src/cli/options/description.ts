/** What help says of a command before its options: what it does, and examples with what each is for. */

/** A command line, and what it does where it does not say so itself. */
export type Example = readonly [command: string, does?: string];

/** Notes of examples stand below one another, unless a line is longer than this. */
const NOTE_COLUMN = 62;

/** Joins what a command does and its examples. */
export function describeCommand(about: string, examples: readonly Example[]): string {
  return `${about}\n\nExamples:\n${formatExamples(examples)}`;
}

/** Lines of examples, indented, with notes in a column. */
function formatExamples(examples: readonly Example[]): string {
  const lengths = examples.map(([command, does]) => (does === undefined ? 0 : command.length));
  const column = Math.max(...lengths.filter((length) => length <= NOTE_COLUMN));
  return examples
    .map(([command, does]) => (does === undefined ? `  ${command}` : `  ${command.padEnd(column)}  ${does}`))
    .join("\n");
}
