/**
 * ConfigFile: gohd.yaml or gohd.json, where a repository keeps what its heaps may be, with a reason for each line. YAML's own library
 * reads both, because JSON is YAML; here is which keys there are. Whatever is wrong is told with its line and column.
 */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, type YAMLMap } from "yaml";
import { UsageError } from "../../errors.ts";
import { BudgetError, parseBudget, parseShare, parseSize } from "../../findings/check/budget-parser.ts";
import type { GivenBudget } from "../../findings/check/check.ts";
import type { Expectation } from "../../findings/check/expectation.ts";
import { findNearest } from "../../nearest.ts";
import { toUsageError } from "./budget-option.ts";
import { readTextFile } from "./text-file.ts";

/** Found by themselves in the working directory, the first one that is there. */
export const CONFIG_NAMES = ["gohd.yaml", "gohd.yml", "gohd.json"];

/** What a file says; undefined is what it does not say. */
export interface CheckConfig {
  /** As people call it. */
  readonly name: string;
  readonly budgets: readonly GivenBudget[];
  readonly expected: readonly Expectation[];
  /** Path of the baseline; relative ones are from the file's own folder. */
  readonly baseline: string | undefined;
  /** Shares, 0 … 1, and bytes. */
  readonly tolerance: number | undefined;
  readonly toleranceBytes: number | undefined;
  readonly least: number | undefined;
  readonly mostGarbage: number | undefined;
}

const KEYS = ["fail-if", "expect", "baseline", "tolerance", "tolerance-bytes", "least", "most-garbage"];
const BUDGET_KEYS = ["budget", "reason"];
const EXPECT_KEYS = ["path", "up-to", "reason"];

/** Finds the file in `directory`; undefined if there is none. */
export function findConfig(directory: string): string | undefined {
  return CONFIG_NAMES.map((name) => join(directory, name)).find((path) => existsSync(path));
}

/**
 * Reads a file.
 * @param name what people call it: its path as they know it
 * @throws UsageError if it says what cannot be; the system's error if it cannot be read
 */
export function readConfig(path: string, name: string): CheckConfig {
  return new ConfigReader(path, name, readTextFile(path)).read();
}

class ConfigReader {
  readonly #path: string;
  readonly #name: string;
  readonly #text: string;
  readonly #lines = new LineCounter();

  constructor(path: string, name: string, text: string) {
    this.#path = path;
    this.#name = name;
    this.#text = text;
  }

  read(): CheckConfig {
    const document = parseDocument(this.#text, { lineCounter: this.#lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) throw this.#error(error.message, error.pos[0]);
    const top = document.contents;
    const keys = top === null ? new Map<string, ParsedNode>() : this.#map(top, KEYS, "the file");
    const share = (key: string): number | undefined => this.#quantity(keys.get(key), parseShare);
    const size = (key: string): number | undefined => this.#quantity(keys.get(key), parseSize);
    const baseline = keys.get("baseline");
    return {
      name: this.#name,
      budgets: this.#list(keys.get("fail-if")).map((node) => this.#budget(node)),
      expected: this.#list(keys.get("expect")).map((node) => this.#expectation(node)),
      baseline: baseline === undefined ? undefined : resolve(dirname(this.#path), this.#string(baseline)),
      tolerance: share("tolerance"),
      toleranceBytes: size("tolerance-bytes"),
      least: size("least"),
      mostGarbage: share("most-garbage"),
    };
  }

  #budget(node: ParsedNode): GivenBudget {
    const origin = `${this.#name}:${this.#lineOf(node).line}`;
    const keys = isMap(node) ? this.#map(node, BUDGET_KEYS, "a budget") : undefined;
    const said = keys === undefined ? node : this.#required(keys, "budget", node);
    const reason = keys?.get("reason");
    try {
      const budget = parseBudget(this.#string(said));
      return { budget, reason: reason === undefined ? null : this.#string(reason), origin };
    } catch (error) {
      throw error instanceof BudgetError ? toUsageError(error, origin) : error;
    }
  }

  #expectation(node: ParsedNode): Expectation {
    const keys = this.#map(node, EXPECT_KEYS, "what is expected");
    const upTo = this.#quantity(keys.get("up-to"), parseSize);
    const path = this.#string(this.#required(keys, "path", node));
    this.#checkPattern(path, keys.get("path")!);
    return {
      path,
      upTo: upTo ?? null,
      reason: this.#string(this.#required(keys, "reason", node)),
      origin: `${this.#name}:${this.#lineOf(node).line}`,
    };
  }

  #checkPattern(path: string, node: ParsedNode): void {
    const pattern = /^\/(.*)\/$/.exec(path)?.[1];
    if (pattern === undefined) return;
    try {
      new RegExp(pattern);
    } catch (error) {
      throw this.#error((error as Error).message, node.range[0]);
    }
  }

  #quantity(node: ParsedNode | undefined, parse: (text: string) => number): number | undefined {
    if (node === undefined) return undefined;
    try {
      return parse(this.#string(node));
    } catch (error) {
      if (!(error instanceof BudgetError)) throw error;
      throw this.#error(error.message, node.range[0], error.hint);
    }
  }

  #list(node: ParsedNode | undefined): readonly ParsedNode[] {
    if (node === undefined || isNothing(node)) return [];
    if (isSeq(node)) return node.items as ParsedNode[];
    // One thing need not be a list.
    return [node];
  }

  /** A text as it stands there: "5" is one as well as 5. */
  #string(node: ParsedNode): string {
    if (!isScalar(node) || node.value === null) throw this.#error("here comes a text", node.range[0]);
    return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
  }

  #required(keys: ReadonlyMap<string, ParsedNode>, key: string, node: ParsedNode): ParsedNode {
    const found = keys.get(key);
    if (found === undefined) throw this.#error(`"${key}" is missing here`, node.range[0]);
    return found;
  }

  #map(node: ParsedNode, known: readonly string[], what: string): Map<string, ParsedNode> {
    if (!isMap(node)) throw this.#error(`${what} has the keys ${known.join(", ")}`, node.range[0]);
    const found = new Map<string, ParsedNode>();
    for (const { key, value } of (node as YAMLMap<ParsedNode, ParsedNode | null>).items) {
      const name = this.#string(key);
      if (!known.includes(name)) {
        const nearest = findNearest(name, known);
        const list = `${what} has the keys ${known.join(", ")}`;
        const hint = nearest === undefined ? list : `did you mean ${nearest}? ${list}`;
        throw this.#error(`there is no key "${name}" here`, key.range[0], hint);
      }
      if (value !== null && !isNothing(value)) found.set(name, value);
    }
    return found;
  }

  #lineOf(node: ParsedNode): { readonly line: number; readonly col: number } {
    return this.#lines.linePos(node.range[0]);
  }

  #error(message: string, offset: number, hint?: string): UsageError {
    const { line, col } = this.#lines.linePos(offset);
    return new UsageError(`${this.#name}:${line}:${col}: ${message}`, hint === undefined ? {} : { hint });
  }
}

function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null;
}
