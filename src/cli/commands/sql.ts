/** `gohd sql`: questions to a dump, in SQL. */
import { type Command, Option } from "commander";
import { UsageError } from "../../errors.ts";
import { addInputOptions, DUMP_ARGUMENT } from "../input/input-options.ts";
import { toCount } from "../options/count-option.ts";
import { describeCommand } from "../options/description.ts";
import type { SqlCommandOptions } from "../sql/sql-answers.ts";
import { SQL_HELP } from "../sql/sql-help.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Adds the command to `program`. */
export function addSqlCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("sql")
    .summary("run SQL on a dump")
    .description(
      describeCommand(
        "Runs DuckDB's SQL on a dump, or on what --to duckdb or --to parquet wrote. Without a query it opens a prompt, or reads the " +
          "query from standard input if that is a pipe. gohd computes only what the query uses.",
        [
          ['gohd sql app.dump --exe ./app "FROM top_types() LIMIT 10"'],
          ["gohd sql app.dump --exe ./app", "a prompt; .help tells more"],
          ['gohd sql app.dump --json "FROM retained_by_goroutine()"', "for programs"],
          ['gohd sql app.dump --parquet live.parquet "FROM objects WHERE reachable"'],
          ['gohd sql app.duckdb "FROM top_types()"', "what --to duckdb wrote"],
          ['gohd sql fleet "FROM holders"', "a directory of --to parquet"],
        ],
      ),
    )
    .argument("<dump>", `${DUMP_ARGUMENT}; or a .duckdb file, or a directory of tables`)
    .argument("[query]", "SQL; semicolons separate statements")
    .allowExcessArguments()
    .option("-f, --file <file>", 'read the query from a file; "-" is standard input')
    .optionsGroup("Output:")
    .option("--line", "print each value whole, on a line of its own")
    .option("--csv", "print CSV")
    .option("--json", "print JSON, an array of objects")
    .option("--parquet <file>", "write the result of the last statement to a Parquet file")
    .option("--force", "replace the Parquet file if it exists")
    .optionsGroup("Limits:")
    .addOption(
      new Option("--memory-limit <size>", "memory that DuckDB may take beside the heap, as in 2GB").default(
        "",
        "80 % of the machine's",
      ),
    )
    .option("--threads <count>", "threads that DuckDB may use; 0 is one per core", toCount(0), 0)
    .option("--string-limit <count>", "cut texts in the table strings after this many characters", toCount(1), 4096)
    .option("--contents-limit <count>", "cut objects in the table contents after this many bytes", toCount(1), 4096)
    .optionsGroup("Prompt:")
    .option("--history <file>", "save the prompt's lines in this file (default: $XDG_STATE_HOME/gohd/sql-history)")
    .addOption(
      new Option("-o, --output <path>").hideHelp().argParser((): never => {
        throw new UsageError("gohd sql has no -o: results go to standard output", {
          hint: "--parquet writes a file; so does > with --csv or --json",
        });
      }),
    );
  addInputOptions(command);
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
