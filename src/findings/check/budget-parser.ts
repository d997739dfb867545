/**
 * BudgetParser: from text to budgets. The whole grammar:
 *
 *   budget     = all { "or" all }
 *   all        = comparison { "and" comparison }
 *   comparison = measure ( ">" | ">=" | "<" | "<=" | "==" | "!=" ) number [ unit ]
 *   measure    = word [ "(" name ")" ]
 *   name       = anything with balanced brackets, or a text in "…", '…' or `…`; a pattern in /…/
 *   unit       = "B" | "KiB" | "MiB" | "GiB" | "TiB" | "kB" | "MB" | "GB" | "TB" | "%"
 *
 * Whatever is wrong is told with its column. Linear.
 */
import { findNearest } from "../../nearest.ts";
import {
  BRACKETS,
  type Budget,
  type Comparison,
  type Limit,
  MEASURES,
  type Measure,
  type MeasureName,
  measureText,
  type Operator,
  RULE_NAMES,
} from "./budget.ts";

/** A budget that is none: what is wrong, and where. */
export class BudgetError extends Error {
  override readonly name = "BudgetError";
  /** The budget as it was given. */
  readonly text: string;
  /** UTF-16 units of the text before what is wrong. */
  readonly column: number;
  readonly hint: string | undefined;

  constructor(message: string, text: string, column: number, hint?: string) {
    super(message);
    this.text = text;
    this.column = column;
    this.hint = hint;
  }
}

/** Longer operators first. */
const OPERATORS: readonly Operator[] = [">=", "<=", "==", "!=", ">", "<"];

/** Bytes of every unit. */
const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/**
 * Reads a budget.
 * @throws BudgetError
 */
export function parseBudget(text: string): Budget {
  return new Parser(text).budget();
}

/**
 * Reads a size: "64KiB", "1 MiB", "0".
 * @throws BudgetError
 */
export function parseSize(text: string): number {
  const { value, unit } = new Parser(text).onlyQuantity();
  if (unit === "share" || (unit === "count" && value !== 0))
    throw new BudgetError("a size needs its unit", text, text.length, "for example 64KiB, or 64KB for 64,000 bytes");
  return value;
}

/**
 * Reads a share: "5%", "12.5 %"; the result is 0 … 1.
 * @throws BudgetError
 */
export function parseShare(text: string): number {
  const { value, unit } = new Parser(text).onlyQuantity();
  if (unit !== "share" && value !== 0)
    throw new BudgetError("this is not a percentage", text, text.length, "for example 5%");
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  budget(): Budget {
    const anyOf: Comparison[][] = [];
    do {
      const all: Comparison[] = [];
      do all.push(this.#comparison());
      while (this.#word("and"));
      anyOf.push(all);
    } while (this.#word("or"));
    this.#end("and, or, or nothing more");
    return { text: this.#text.trim(), anyOf };
  }

  onlyQuantity(): Limit {
    const limit = this.#quantity();
    this.#end("nothing more");
    return limit;
  }

  #comparison(): Comparison {
    const measure = this.#measure();
    this.#space();
    const operator = OPERATORS.find((one) => this.#text.startsWith(one, this.#at));
    if (operator === undefined) {
      const single = this.#text[this.#at] === "=" ? "equality is ==" : `for example ${measureText(measure)} > 10`;
      throw this.#error(`after ${measureText(measure)} comes a comparison: > >= < <= == !=`, this.#at, single);
    }
    this.#at += operator.length;
    this.#space();
    const from = this.#at;
    return { measure, operator, limit: this.#limit(measure, this.#quantity(), from) };
  }

  #measure(): Measure {
    this.#space();
    const from = this.#at;
    const word = /^[A-Za-z_][\w-]*/.exec(this.#text.slice(from))?.[0] ?? "";
    const known = Object.keys(MEASURES);
    if (!Object.hasOwn(MEASURES, word)) {
      const nearest = findNearest(word.replaceAll("-", "_"), known);
      const list = `measures are ${known.join(", ")}`;
      const hint = word === "" || nearest === undefined ? list : `did you mean ${nearest}? ${list}`;
      throw this.#error(word === "" ? "here comes what is measured" : `there is no measure "${word}"`, from, hint);
    }
    const name = word as MeasureName;
    const { of, needsName } = MEASURES[name];
    this.#at += word.length;
    this.#space();
    if (this.#text[this.#at] !== "(") {
      if (needsName) throw this.#error(`${name} is of something`, this.#at, `for example ${name}(main.Session)`);
      return { name, of: null };
    }
    if (of === "nothing") throw this.#error(`${name} is of the whole heap, not of one thing`, this.#at);
    const argument = this.#name();
    if (of === "rule" && !RULE_NAMES.includes(argument.name)) {
      const nearest = findNearest(argument.name, RULE_NAMES);
      const hint = `${nearest === undefined ? "" : `did you mean ${nearest}? `}rules are ${RULE_NAMES.join(", ")}`;
      throw this.#error(`no finding is of the rule "${argument.name}"`, argument.at, hint);
    }
    return { name, of: argument.name };
  }

  /** From the bracket in front to the one behind. */
  #name(): { readonly name: string; readonly at: number } {
    const open = this.#at++;
    this.#space();
    const at = this.#at;
    const name = /["'`]/.test(this.#text[at] ?? "") ? this.#quoted() : this.#bare(open);
    this.#space();
    if (this.#text[this.#at] !== ")") {
      throw this.#error("here the bracket is to be closed", this.#at, "names with odd characters stand in quotes");
    }
    if (name === "") throw this.#error("between the brackets is nothing", at);
    this.#at++;
    return { name, at };
  }

  /** Up to the bracket that closes the one at `open`; brackets inside are pairs, and texts inside have none. */
  #bare(open: number): string {
    const from = this.#at;
    const closers: string[] = [];
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!;
      if (closers.length === 0 && character === ")") return this.#text.slice(from, this.#at).trim();
      if (character === closers.at(-1)) closers.pop();
      else if (BRACKETS[character] !== undefined) closers.push(BRACKETS[character]);
      else if (character === '"' || character === "`") {
        this.#quoted();
        this.#at--;
      }
    }
    throw this.#error("this bracket is not closed", open, "names with odd characters stand in quotes");
  }

  #quoted(): string {
    const from = this.#at;
    const quote = this.#text[from]!;
    let name = "";
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!;
      if (character === quote) {
        this.#at++;
        return name;
      }
      // As in Go, a text in back quotes has no escapes.
      if (character === "\\" && quote !== "`" && this.#at + 1 < this.#text.length) name += this.#text[++this.#at];
      else name += character;
    }
    throw this.#error("this quote is not closed", from);
  }

  #quantity(): Limit {
    this.#space();
    const from = this.#at;
    const digits = /^(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)(?:\.\d+)?|^\.\d+/.exec(this.#text.slice(from))?.[0];
    if (digits === undefined) throw this.#error("here comes a number", from, "for example 100MiB, 5 % or 20");
    this.#at += digits.length;
    const value = Number(digits.replaceAll(/[_,]/g, ""));
    const spaced = this.#at;
    this.#space();
    const at = this.#at;
    if (this.#text[at] === "%") {
      this.#at++;
      return { value: value / 100, unit: "share" };
    }
    const unit = /^[A-Za-z]+/.exec(this.#text.slice(at))?.[0];
    if (unit === undefined || (at > spaced && (unit === "and" || unit === "or"))) return { value, unit: "count" };
    const size = Object.hasOwn(BYTE_UNITS, unit) ? BYTE_UNITS[unit]! : undefined;
    if (size === undefined) {
      const names = Object.keys(BYTE_UNITS);
      const nearest = findNearest(unit, names);
      const hint = `${nearest === undefined ? "" : `did you mean ${nearest}? `}units are ${names.join(", ")} and %`;
      throw this.#error(`there is no unit "${unit}"`, at, hint);
    }
    this.#at += unit.length;
    return { value: value * size, unit: "bytes" };
  }

  /** A limit that the measure can have. */
  #limit({ name, of }: Measure, limit: Limit, at: number): Limit {
    const { quantity, whole } = MEASURES[name];
    const shown = measureText({ name, of });
    if (limit.unit === "share") {
      if (whole !== null) return limit;
      const hint = quantity === "bytes" ? "say bytes: 100MiB" : "say how many: 20";
      throw this.#error(`${shown} is not in per cent`, at, hint);
    }
    if (limit.unit === quantity) return limit;
    if (quantity === "count") throw this.#error(`${shown} is a number, and not in bytes`, at);
    // Nothing is nothing in every unit.
    if (limit.value === 0) return { value: 0, unit: "bytes" };
    throw this.#error(`${shown} is in bytes: the number needs a unit`, this.#at, "B, KiB, MiB, GiB; KB is 1,000 bytes");
  }

  #word(word: string): boolean {
    this.#space();
    const end = this.#at + word.length;
    if (!this.#text.startsWith(word, this.#at) || /\w/.test(this.#text[end] ?? "")) return false;
    this.#at = end;
    return true;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #end(expected: string): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#error(`here comes ${expected}`, this.#at);
  }

  #error(message: string, column: number, hint?: string): BudgetError {
    return new BudgetError(message, this.#text, column, hint);
  }
}
