/** A fleet of more than twenty dumps in Spark, alone and on a cluster: every query of the README answers what DuckDB does. */
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../src/cli/program.ts";
import { testTerminal } from "../cli/test-terminal.ts";
import { FLEET_PATTERN, layOutFleet, listFleet } from "../converters/parquet/fleet-dumps.ts";
import { documentedBlocks } from "../converters/parquet/tables/read-me.ts";
import { temporaryFolder } from "../support/directory-conversion.ts";
import { PYTHON, pythonEnvironment } from "./python/environment.ts";
import { type SparkCluster, startCluster } from "./python/spark-cluster.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const SCRIPT = join(import.meta.dirname, "python/spark_fleet.py");
/** Two builds of each. */
const SERVICES = ["backlog", "cache", "fetchers", "interned", "steady", "trie", "undo"];

type Rows = readonly Readonly<Record<string, unknown>>[];

describe.skipIf(PYTHON === undefined)("Spark", () => {
  const folder = PYTHON === undefined ? "" : temporaryFolder();
  const fleet = join(folder, "fleet");
  const queries = documentedBlocks("sql fleet");
  let expected: readonly Rows[];
  let cluster: SparkCluster;

  async function gohd(...args: readonly string[]): Promise<string> {
    const terminal = testTerminal({ directory: folder });
    expect(await runCommandLine(args, terminal), terminal.errorText()).toBe(0);
    return terminal.outputText();
  }

  beforeAll(async () => {
    const executables = readdirSync(join(import.meta.dirname, "../../samples/executables"));
    const dumps = listFleet(
      executables.map((name) => name.replace(".exe.zst", "")),
      SERVICES,
    );
    expect(dumps.length).toBeGreaterThanOrEqual(20);
    // A service at a time: each of its dumps tries two executables.
    for (const service of SERVICES) {
      const its = dumps.filter((dump) => dump.service === service);
      expect(new Set(its.map(({ executable }) => executable)).size).toBe(2);
      const exe = layOutFleet(its, join(folder, service));
      const to = ["--to", "parquet", "--strings", "-o", fleet, "--partition-from", FLEET_PATTERN];
      await gohd("convert", join(folder, service), ...exe, ...to);
    }
    expected = await Promise.all(queries.map(async (query) => JSON.parse(await gohd("sql", fleet, "--json", query))));
    writeFileSync(join(folder, "queries.json"), JSON.stringify(queries));
    cluster = await startCluster(folder);
  });
  afterAll(() => cluster?.stop());

  function submit(master: string, ...args: readonly string[]): string {
    return execFileSync("spark-submit", ["--master", master, ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: pythonEnvironment(),
    });
  }

  test.each([
    ["alone, with two threads", (): string => "local[2]", 0],
    ["on a cluster of two workers", (): string => cluster.master, 2],
  ] as const)("%s", (_, master, workers) => {
    const printed = submit(master(), SCRIPT, fleet, join(folder, "queries.json"));
    const { executors, answers } = JSON.parse(printed.trim().split("\n").at(-1)!) as {
      readonly executors: number;
      readonly answers: readonly Rows[];
    };
    expect(executors).toBe(workers);
    expect(answers).toHaveLength(expected.length);
    for (const [i, rows] of answers.entries()) {
      expect(expected[i]!.length, queries[i]).toBeGreaterThan(2);
      expect(rows, queries[i]).toEqual(expected[i]);
    }
  });

  test("as the README says", () => {
    const [program] = documentedBlocks("python fleet");
    writeFileSync(join(folder, "fleet.py"), program!);
    writeFileSync(join(folder, "query.sql"), queries[1]!);
    const printed = submit("local[2]", "fleet.py", "query.sql");
    for (const { service, host, live_bytes: bytes } of expected[1]!) {
      expect(printed).toMatch(new RegExp(`\\|${service} *\\|${host} *\\|\\d\\d *\\|${bytes} *\\|`));
    }
  });
});
