/** `gohd sql`: questions to a dump, in SQL. */
import { type Command, Option } from "commander";
import { UsageError } from "../../errors.ts";
import { addExecutableOptions } from "../input/executable-options.ts";
import { addIndexOptions } from "../input/index-options.ts";
import { toCount } from "../options/count-option.ts";
import { addWorkersOption } from "../options/workers-option.ts";
import type { SqlCommandOptions } from "../sql/sql-answers.ts";
import { SQL_HELP } from "../sql/sql-help.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Adds the command to `program`. */
export function addSqlCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("sql")
    .summary("ask a dump anything, in SQL")
    .description(
      "Runs SQL (DuckDB's) on a dump, or on what gohd wrote of one with --to duckdb or --to parquet. Without a query it reads " +
        "one from standard input, and on a terminal it asks. Only what a query uses is computed.",
    )
    .argument(
      "<dump>",
      'the dump, plain or compressed by gzip or zstd; "-" is standard input; or a .duckdb file, or a directory of tables',
    )
    .argument("[query]", "statements, separated by semicolons")
    .allowExcessArguments()
    .option("-f, --file <file>", 'read the query from a file; "-" is standard input')
    .option("--line", "print results as lines, a name and a whole value each")
    .option("--csv", "print results as CSV")
    .option("--json", "print results as JSON, an array of objects")
    .option("--parquet <file>", "write the result of the last statement into a Parquet file")
    .option("--force", "replace the Parquet file if it exists")
    .addOption(
      new Option("--memory-limit <size>", "memory that DuckDB may take beside the heap, as in 2GB").default(
        "",
        "80 % of the machine's",
      ),
    )
    .option("--threads <count>", "threads that DuckDB may use; 0 is one per core", toCount(0), 0)
    .option("--string-limit <count>", "characters of a text in the table strings", toCount(1), 4096)
    .option("--contents-limit <count>", "bytes of an object in the table contents", toCount(1), 4096)
    .option("--history <file>", "keep the prompt's lines in this file (default: $XDG_STATE_HOME/gohd/sql-history)")
    .addOption(
      new Option("-o, --output <path>").hideHelp().argParser((): never => {
        throw new UsageError("gohd sql has no -o: results go to standard output", {
          hint: "--parquet writes a file; so does > with --csv or --json",
        });
      }),
    )
    .option("--salvage", "read what there is of a truncated dump")
    .option("-q, --quiet", "show no progress");
  addExecutableOptions(command);
  addIndexOptions(command);
  addWorkersOption(command);
  command
    .addHelpText("after", SQL_HELP)
    .action(async (_dump: string, _query: string | undefined, options: SqlCommandOptions) => {
      const given = command.options
        .filter((option) => command.getOptionValueSource(option.attributeName()) === "cli")
        .map(({ long }) => long!);
      const { answerQueries } = await import("../sql/sql-answers.ts");
      await answerQueries(command.args, options, given, terminal);
    });
}
