/** Python with clients in it: duckdb, pyarrow, pandas, polars, chdb, pyspark. */
import { existsSync } from "node:fs";
import { delimiter, dirname } from "node:path";

/** The python of an environment that has them, which $GOHD_TEST_PYTHON names; or undefined. */
export const PYTHON = existsSync(process.env.GOHD_TEST_PYTHON ?? "") ? process.env.GOHD_TEST_PYTHON : undefined;

if (PYTHON === undefined) console.warn("tests with Python's clients skipped: npm run clients installs them");

/** Programs that packages brought along, such as spark-submit, find the python by $PATH. */
export function pythonEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${dirname(PYTHON!)}${delimiter}${process.env.PATH}`, SPARK_LOCAL_IP: "127.0.0.1" };
}
