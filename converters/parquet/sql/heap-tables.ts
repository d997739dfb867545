/** A heap's tables for queries: views over functions. The plan of a query tells what has to be computed before it runs. */
import type { Progress } from "../../../src/index.ts";
import type { Database } from "../engine/database.ts";
import { FUNCTION_PREFIX, functionOf, type TableFunction } from "../engine/feed.ts";
import type { Need, TableSource } from "../tables/table-source.ts";
import { TABLES } from "../tables/tables.ts";
import { DEFINITIONS, type Definition, toCreateStatement } from "./macros.ts";
import { createPathFunction, NO_OBJECT_ID } from "./path-function.ts";
import { findFunctionScans } from "./plan.ts";

const FUNCTIONS: ReadonlyMap<string, TableFunction> = new Map(
  [...TABLES.map(functionOf), createPathFunction()].map((made) => [made.name, made]),
);

/** The same for people, made of a function instead of the table. */
const PATH_TO_ROOT: Definition = {
  name: "path_to_root",
  parameters: ["object"],
  // A cast would round 1.5 up, and the function would take NULL for 0.
  query: `FROM ${createPathFunction().name}(CASE
    WHEN object IS NOT NULL AND TRY_CAST(object AS DOUBLE) IS NULL
    THEN error('path_to_root() takes the id of an object, a whole number, and not ' || object::VARCHAR)
    WHEN TRY_CAST(object AS UBIGINT) IS NULL OR object <> TRY_CAST(object AS UBIGINT) THEN ${NO_OBJECT_ID}
    ELSE object::UBIGINT END)`,
};

/** Makes the tables, views and macros. `onMissing` is told when path_to_root() is asked of what is no object. */
export async function feedHeap(
  database: Database,
  source: TableSource,
  progress: Progress,
  onMissing: () => void,
): Promise<void> {
  database.feed(source);
  database.register(createPathFunction(onMissing), source);
  for (const { name } of TABLES) {
    await database.run(`CREATE VIEW ${name} AS FROM ${FUNCTION_PREFIX}${name}()`, progress);
  }
  for (const definition of DEFINITIONS) {
    const made = definition.name === PATH_TO_ROOT.name ? PATH_TO_ROOT : definition;
    await database.run(toCreateStatement(made), progress);
  }
}

/** What the columns need that the statement's plan reads. Nothing, for what DuckDB has no plan of: it will complain itself. */
export async function findNeeds(statement: string, database: Database, progress: Progress): Promise<ReadonlySet<Need>> {
  const needs = new Set<Need>();
  let plan: unknown;
  try {
    const result = await database.attempt(
      () => database.connection.run(`EXPLAIN (FORMAT json) ${statement}`),
      progress,
    );
    plan = (await result.getRows())[0]?.[1];
  } catch {
    progress.signal.throwIfAborted();
    return needs;
  }
  for (const { name, columns } of findFunctionScans(String(plan))) {
    const made = FUNCTIONS.get(name);
    if (made === undefined) continue;
    const wanted = made.columns.filter((column) => columns.has(column.name));
    for (const need of [...(made.open(0).needs ?? []), ...wanted.flatMap((column) => column.needs)]) needs.add(need);
  }
  return needs;
}
