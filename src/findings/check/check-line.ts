/** CheckLine: one line of a check in words, as all that show it share it. */

/** One thing that was asked for, in words: a test of its own. */
export interface CheckLine {
  readonly outcome: "passed" | "broken" | "unable";
  /** "owned(main.Session) > 100MiB". */
  readonly title: string;
  /** "376 MiB". */
  readonly figure: string;
  /** Where it stands: "gohd.yaml:12"; "" if that says nothing. */
  readonly origin: string;
  /** What explains it. */
  readonly lines: readonly string[];
}
