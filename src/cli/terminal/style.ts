/** Colours and weights of texts on a terminal, or none. They go around texts that were escaped before. */

export interface Style {
  /** Titles and names of things. */
  bold(text: string): string;
  /** What is wrong. */
  red(text: string): string;
  /** What is odd. */
  yellow(text: string): string;
  /** What matters less. */
  dim(text: string): string;
}

/** Makes the style of a stream; `isColored` is false for pipes and files, and where the user wants no colour. */
export function createStyle(isColored: boolean): Style {
  const paint = (on: number, off: number) => (isColored ? (text: string) => `\x1b[${on}m${text}\x1b[${off}m` : same);
  return { bold: paint(1, 22), red: paint(31, 39), yellow: paint(33, 39), dim: paint(2, 22) };
}

function same(text: string): string {
  return text;
}

/** Whether the user wants colours at all (https://no-color.org); the stream has to be a terminal besides. */
export function wantsColor({ NO_COLOR, TERM }: { readonly NO_COLOR?: string; readonly TERM?: string }): boolean {
  return !NO_COLOR && TERM !== "dumb";
}
