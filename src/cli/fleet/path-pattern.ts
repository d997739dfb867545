/**
 * PathPattern: what a dump's path tells of it. `{service}/{host}-{time}` takes the end of a path apart, so that the dumps of a
 * fleet get their partitions from the folders and names that they have.
 */
import { resolve, sep } from "node:path";
import { UsageError } from "../../errors.ts";

/** Endings that say nothing of a dump. */
const ENDING = /(?<=[^/])(\.(gz|zst|zstd))?$/i;
const DUMP_ENDING = /(?<=[^/])\.(dump|bin)$/i;
const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export class PathPattern {
  /** As it was given. */
  readonly text: string;
  readonly #keys: readonly string[];
  readonly #expression: RegExp;

  /** @throws UsageError if it has no `{key}`, or one twice */
  constructor(text: string) {
    this.text = text;
    this.#keys = [...text.matchAll(PLACEHOLDER)].map(([, key]) => key!);
    const hint = "for example '{service}/{host}-{time}', for dumps such as api/web1-2026-11-20.dump.zst";
    if (this.#keys.length === 0) throw new UsageError(`"${text}" has no {key}`, { hint });
    const twice = this.#keys.find((key, i) => this.#keys.indexOf(key) < i);
    if (twice !== undefined) throw new UsageError(`"${text}" has {${twice}} twice`, { hint });
    // Each takes as little as it can, and none a slash.
    const parts = stripEndings(text).split(PLACEHOLDER);
    const source = parts.map((part, i) => (i % 2 === 1 ? "([^/]+?)" : quote(part)));
    this.#expression = new RegExp(`(?:^|/)${source.join("")}$`, "s");
  }

  /** `key=value` for each placeholder, in their order; undefined if the path, the beginning of which may be anything, is not so. */
  match(path: string): readonly string[] | undefined {
    const whole = stripEndings(resolve(path).replaceAll(sep, "/"));
    const values = this.#expression.exec(whole);
    return values === null ? undefined : this.#keys.map((key, i) => `${key}=${values[i + 1]!}`);
  }

  /** The same. @throws UsageError if the path is not so */
  matchOrRefuse(path: string): readonly string[] {
    const pairs = this.match(path);
    if (pairs !== undefined) return pairs;
    throw new UsageError(`no dump's path ends as "${this.text}" says: ${path} does not`, {
      hint: "placeholders and the text between them stand for folders and the dump's name, without .dump and .zst",
    });
  }
}

function stripEndings(path: string): string {
  return path.replace(ENDING, "").replace(DUMP_ENDING, "");
}

/** The text as a regular expression; a star is any text without a slash. */
function quote(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*?");
}
