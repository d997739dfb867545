/** Budgets on the command line, and what is told about one that is none: the text, and a mark where it is wrong. */
import { UsageError } from "../../errors.ts";
import { BudgetError, parseBudget, parseShare, parseSize } from "../../findings/check/budget-parser.ts";
import type { GivenBudget } from "../../findings/check/check.ts";
import { escapeText } from "../../shown-text.ts";

/** Reads what `--fail-if` says. @throws UsageError */
export function readBudgetOption(text: string): GivenBudget {
  return { budget: readQuantity(text, "--fail-if", parseBudget), reason: null, origin: "--fail-if" };
}

/** Reads what an option says that is a per cent. @throws UsageError */
export function readShareOption(text: string, option: string): number {
  return readQuantity(text, option, parseShare);
}

/** The same of a size. @throws UsageError */
export function readSizeOption(text: string, option: string): number {
  return readQuantity(text, option, parseSize);
}

function readQuantity<Value>(text: string, origin: string, parse: (text: string) => Value): Value {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof BudgetError ? toUsageError(error, origin) : error;
  }
}

/** Characters of a line in which the mark stands. */
const LONGEST_LINE = 200;

/** The error with its budget below, and a mark below what is wrong. */
export function toUsageError({ message, text, column, hint }: BudgetError, origin: string): UsageError {
  const line = escapeText(text);
  const before = escapeText(text.slice(0, column)).length;
  const shown =
    line.length > LONGEST_LINE ? [`column ${column + 1}: ${text.slice(column)}`] : [line, `${" ".repeat(before)}^`];
  return new UsageError([`${origin}: ${message}`, ...shown].join("\n"), hint === undefined ? {} : { hint });
}
