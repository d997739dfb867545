/** Subqueries between the parentheses of path_to_root(), which DuckDB does not take there: they are answered first. */
import { ConverterError } from "../../../src/index.ts";
import { toSqlText } from "../engine/sql-text.ts";
import type { AskRow } from "./growth-check.ts";
import { type Call, findCalls, maskOpaque } from "./statements.ts";

const SUBQUERY = /\(\s*(?:SELECT|FROM|WITH|VALUES|TABLE)\b/i;

/**
 * Gives the statement with the answers in place of the subqueries.
 * @throws ConverterError if one cannot be answered by itself
 */
export async function answerPathArguments(statement: string, ask: AskRow): Promise<string> {
  const calls = findCalls(statement, "path_to_root").filter(({ args }) => SUBQUERY.test(maskOpaque(args[0] ?? "")));
  const parts: string[] = [];
  let done = 0;
  for (const call of calls) {
    parts.push(statement.slice(done, call.start), `path_to_root(${await answer(call, ask)})`);
    done = call.end;
  }
  return [...parts, statement.slice(done)].join("");
}

async function answer({ args }: Call, ask: AskRow): Promise<string> {
  try {
    const [value] = (await ask(`SELECT (${args.join(", ")})::VARCHAR`)) ?? [];
    if (typeof value !== "string") return "NULL";
    return /^-?\d+(\.\d+)?$/.test(value) ? value : toSqlText(value);
  } catch (error) {
    const advice =
      error instanceof ConverterError ? ADVICE.find(({ pattern }) => pattern.test(error.message)) : undefined;
    throw advice === undefined
      ? error
      : new ConverterError((error as Error).message, { cause: error, hint: advice.hint });
  }
}

const ADVICE = [
  { pattern: /More than one row/, hint: "path_to_root() takes one object: LIMIT 1 takes the first" },
  {
    pattern: /Referenced table|Table with name \S+ does not exist/,
    hint: "the subquery of path_to_root() is answered first and by itself: it sees nothing of the query around it",
  },
] as const;
