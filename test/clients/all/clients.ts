/** The programs that gohd writes for, each with the tests that drive it, how its version is told, and what the tests compare. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHROMIUM } from "../devtools.ts";
import { GO } from "../go.ts";
import { MAT_COMMAND, MAT_JARS } from "../java/mat.ts";
import { VISUALVM } from "../java/visualvm.ts";
import { clientVersion } from "../node-clients.ts";
import { PERFETTO } from "../perfetto.ts";
import { PYTHON } from "../python/environment.ts";

export interface Client {
  readonly name: string;
  /** Tests whose file and name, with `>` between, match; undefined for what cannot be driven here. */
  readonly tests: RegExp | undefined;
  /** What is compared, or why nothing is. */
  readonly checked: string;
  /** Undefined if it is not there. */
  version(): string | undefined;
}

const browser = (): string | undefined =>
  CHROMIUM === undefined ? undefined : firstNumber(run(CHROMIUM, "--version"));
const python = (name: string) => (): string | undefined =>
  PYTHON === undefined
    ? undefined
    : run(PYTHON, "-c", `import importlib.metadata as m; print(m.version("${name}"))`)?.trim();
const figures = "objects, bytes, retained sizes, roots and types of three heaps, Parquet v1 and v2";

export const CLIENTS: readonly Client[] = [
  {
    name: "Chrome DevTools",
    tests: /^test\/clients\/devtools\.test/,
    checked: "nodes, retained sizes, distances, Summary, Statistics, Comparison, timelines, allocation profiles",
    version: browser,
  },
  {
    name: "memlab",
    tests: /memlab/,
    checked: "bytes; its own retained sizes; analyze object-size",
    version: () => clientVersion("memlab"),
  },
  {
    name: "VS Code's parser of snapshots",
    tests: /VS Code's parser/,
    checked: "bytes; its own retained sizes",
    version: () => clientVersion("@vscode/v8-heap-parser"),
  },
  {
    name: "Perfetto's engine",
    tests: /^test\/clients\/perfetto\.test/,
    checked: "objects, classes, dominators, roots, flame graph, by its SQL",
    version: () => (PERFETTO === undefined ? undefined : "55.3"),
  },
  {
    name: "ui.perfetto.dev",
    tests: undefined,
    checked: "the page itself cannot be had without the network; its engine is the one above",
    version: () => undefined,
  },
  {
    name: "VisualVM's library",
    tests: /java-heaps\.test\.ts > VisualVM/,
    checked: "objects, its own retained sizes, stacks, locals",
    version: () => (VISUALVM === undefined ? undefined : packageVersion("visualvm")),
  },
  {
    name: "Eclipse MAT's parser (haha)",
    tests: /java-heaps\.test\.ts > Eclipse MAT's parser/,
    checked: "objects, its own retained sizes",
    version: () => jarVersion(MAT_JARS, "haha"),
  },
  {
    name: "Eclipse MAT",
    tests: /java-heaps\.test\.ts > Eclipse MAT(,| >)/,
    checked:
      "objects, its own retained sizes, entries of maps; it is in no registry, $GOHD_TEST_MAT_COMMAND says where it is",
    version: () => (MAT_COMMAND === undefined ? undefined : "as installed"),
  },
  {
    name: "Shark",
    tests: /java-heaps\.test\.ts > Shark/,
    checked: "objects by class",
    version: () => jarVersion(process.env.GOHD_TEST_SHARK, "shark-graph"),
  },
  {
    name: "hprof-slurp",
    tests: /java-heaps\.test\.ts > hprof-slurp/,
    checked: "instances by class, stacks",
    version: () => firstNumber(run(process.env.HPROF_SLURP ?? "hprof-slurp", "--version")),
  },
  {
    name: "go tool pprof",
    tests: /^test\/clients\/(pprof|goroutine-stacks|growth|heap-gate)\.test/,
    checked: "tops, peeks, tags, web page, diff; the process's own profiles",
    version: () => (GO === undefined ? undefined : firstNumber(run(GO, "version"))),
  },
  {
    name: "go tool pprof in Chromium",
    tests: /profile-pages\.test\.ts > go tool pprof/,
    checked: "flame graph, its diff",
    version: browser,
  },
  {
    name: "speedscope",
    tests: /profile-pages\.test\.ts > speedscope/,
    checked: "the page in Chromium: totals in its table",
    version: () => clientVersion("speedscope"),
  },
  {
    name: "Graphviz",
    tests: /dot-writer\.test\.ts > dot -Tsvg/,
    checked: "draws graphs with hostile names, without a complaint",
    version: () => firstNumber(run("dot", "-V")),
  },
  {
    name: "a shell, with commands of READMEs",
    tests: /^test\/papers\/shell\.test/,
    checked: "blocks that need pprof, dot, zstd, jq or go, with all that comes before them on the page",
    version: () => firstNumber(run("bash", "--version")),
  },
  {
    name: "a browser (reports, pictures)",
    tests: /^test\/clients\/(pictures|report-page)\.test|^test\/browser\//,
    checked: "SVG, the report page, reading dumps in a worker",
    version: browser,
  },
  {
    name: "DuckDB, Node",
    tests: /^test\/converters\/parquet\/(fleet|partition|duckdb)/,
    checked: "all tables, foreign keys, fleets",
    version: () => dependencyVersion("@duckdb/node-api"),
  },
  {
    name: "hyparquet",
    tests: /^test\/converters\/parquet\/parquet\.test\.ts > (two readers|columns are)/,
    checked: "all tables, row by row",
    version: () => dependencyVersion("hyparquet"),
  },
  { name: "DuckDB, Python", tests: /clients\/parquet\.test\.ts > duckdb/, checked: figures, version: python("duckdb") },
  { name: "pyarrow", tests: /clients\/parquet\.test\.ts > pyarrow/, checked: figures, version: python("pyarrow") },
  { name: "pandas", tests: /clients\/parquet\.test\.ts > pandas/, checked: figures, version: python("pandas") },
  { name: "polars", tests: /clients\/parquet\.test\.ts > polars/, checked: figures, version: python("polars") },
  { name: "ClickHouse (chdb)", tests: /clients\/parquet\.test\.ts > chdb/, checked: figures, version: python("chdb") },
  {
    name: "Spark, local[2]",
    tests: /spark\.test\.ts > .*(alone|README)/,
    checked: "22 dumps, two builds of each service: every query of the README answers what DuckDB does",
    version: python("pyspark"),
  },
  {
    name: "Spark, two workers",
    tests: /spark\.test\.ts > .*cluster/,
    checked: "the same, on a standalone cluster",
    version: python("pyspark"),
  },
];

function run(command: string, ...args: string[]): string | undefined {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  // Graphviz tells its version as an error.
  return error === undefined ? stdout || stderr : undefined;
}

function firstNumber(text: string | undefined): string | undefined {
  return /\d+(\.\d+)+/.exec(text ?? "")?.[0];
}

function packageVersion(name: string): string {
  return run("dpkg-query", "-W", "-f", "$" + "{Version}", name) ?? "as installed";
}

function jarVersion(folder: string | undefined, name: string): string | undefined {
  if (folder === undefined) return undefined;
  const jar = readdirSync(folder).find((file) => file.startsWith(`${name}-`));
  return firstNumber(jar);
}

function dependencyVersion(name: string): string {
  const path = join(import.meta.dirname, "../../../node_modules", name, "package.json");
  return JSON.parse(readFileSync(path, "utf8")).version;
}
