/** Expectation: a path of which somebody said, with a reason, that it may be there and how large it may be. */

export interface Expectation {
  /** A path as the baseline and `gohd diff` write it, or a /pattern/ over such paths. */
  readonly path: string;
  /** Bytes that it may have; null for any. */
  readonly upTo: number | null;
  readonly reason: string;
  /** Where it stands: "gohd.yaml:12". */
  readonly origin: string;
}

/** Whether a path is meant. A variable may stand for what it points to, whose path begins with a star. */
export function isExpected({ path }: Expectation, text: string): boolean {
  const pattern = /^\/(.*)\/$/.exec(path)?.[1];
  return pattern === undefined ? path === text || `*${path}` === text : new RegExp(pattern).test(text);
}
