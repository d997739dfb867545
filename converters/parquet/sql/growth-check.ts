/** Whether growth() compares what can be compared: it goes by the names of types, which only an executable gives. */

import { toSqlText } from "../engine/sql-text.ts";
import { findCalls } from "./statements.ts";

/** Runs a query and gives its first row. */
export type AskRow = (query: string) => Promise<readonly unknown[] | undefined>;

/** Says what is odd about the databases that a statement's calls of growth() compare; undefined if nothing is, or nobody knows. */
export async function describeOddGrowth(statement: string, ask: AskRow): Promise<string | undefined> {
  for (const { args } of findCalls(statement, "growth")) {
    if (args.length !== 2) continue;
    const names = await ask(`SELECT (${args[0]})::VARCHAR, (${args[1]})::VARCHAR`);
    const tables = names?.map((name) => `(SELECT typed FROM query_table(${toSqlText(`${name}.dump`)}))`) ?? [];
    const typed = await ask(`SELECT ${tables.join(", ")}`);
    if (names === undefined || typed === undefined || typed[0] === typed[1]) continue;
    const [without, with_] = typed[0] === true ? [names[1], names[0]] : names;
    return (
      `growth() goes by the names of types: ${with_} has those of an executable and ${without} has none, ` +
      "so most types are in one of them only; make both with --exe, or both without"
    );
  }
  return undefined;
}
