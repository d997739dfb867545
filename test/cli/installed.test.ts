/** What only an installed gohd can show: plug-ins that import it, and what is said where optional packages are missing. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addPackage, type InstalledGohd, installGohd } from "../support/installed-gohd.ts";
import { samplePath } from "../support/sample-dumps.ts";

const SAMPLE = samplePath("dominators.1.24.amd64");
const ROOT = join(import.meta.dirname, "../..");

const SVG_NEED = "--to svg needs it; --to dot and Graphviz make the same: dot -Tsvg app.dot -o app.svg";

/** A converter as converters/README.md tells strangers to write one. */
const PLUG_IN = `
  import { computeRetainedSizes, CONVERTER_API_VERSION, ConverterError, defineConverter } from "gohd";
  export default defineConverter({
    apiVersion: CONVERTER_API_VERSION,
    name: "retained",
    description: "retained sizes",
    output: { kind: "file", extension: "retained.txt", binary: false },
    options: { end: { type: "string", default: "well", description: "how it ends" } },
    async convert(heap, sink, options, progress) {
      if (options.end === "refusal") throw new ConverterError("not this heap", { hint: "take another" });
      if (options.end === "fault") heap.nothing.at(0);
      if (options.end === "idle") return;
      const retained = await computeRetainedSizes(heap, progress);
      const writer = await sink.open();
      await writer.write(Buffer.from(retained.length + " objects\\n"));
      await writer.close();
    },
  });`;

let gohd: InstalledGohd;
/** The user's directory. */
let directory: string;

beforeAll(() => {
  gohd = installGohd();
  directory = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-installed-")));
}, 120_000);
afterAll(() => {
  gohd.remove();
  rmSync(directory, { recursive: true, force: true });
});

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [gohd.main, ...args], { cwd: directory });
  return { code: status, output: stdout.toString(), errors: stderr.toString() };
}

test("plug-ins are found at the user's and beside gohd, and import the gohd that runs", () => {
  const args = ["convert", SAMPLE, "-q", "-o", "-", "--to"];
  const missing = run(...args, "retained");
  expect(missing.code).toBe(2);
  expect(missing.errors).toContain(`package retained, from ${directory} and ${gohd.packages}\n`);

  addPackage(gohd.packages, "gohd-converter-retained", PLUG_IN);
  const written = { code: 0, output: expect.stringMatching(/^\d+ objects\n$/), errors: "" };
  expect(run(...args, "retained")).toEqual(written);
  expect(run(...args, "gohd-converter-retained")).toEqual(written);

  // A gohd that the plug-in brought along is not the one that runs: its errors would be strangers here.
  const own = join(directory, "node_modules");
  addPackage(own, "gohd-converter-retained", PLUG_IN);
  addPackage(join(own, "gohd-converter-retained/node_modules"), "gohd", "throw new Error('another gohd')");
  expect(run(...args, "retained", "--end", "refusal")).toEqual({
    code: 1,
    output: "",
    errors: "gohd: not this heap\n  take another\n",
  });

  mkdirSync(join(directory, "elsewhere"));
  writeFileSync(join(directory, "elsewhere/mine.mjs"), PLUG_IN);
  expect(run(...args, "./elsewhere/mine.mjs")).toEqual(written);
}, 60_000);

test("what a plug-in throws, or leaves undone, is blamed on it", () => {
  const path = join(directory, "faulty.mjs");
  writeFileSync(path, PLUG_IN);
  const args = ["convert", SAMPLE, "-q", "-o", "-", "--to", path, "--end"];
  const blame = `  this is a fault of ${path}, please report it to its authors; GOHD_DEBUG=1 shows where it happened\n`;
  expect(run(...args, "fault").errors).toBe(
    `gohd: converter "${path}" failed: Cannot read properties of undefined (reading 'at')\n${blame}`,
  );
  expect(run(...args, "idle")).toEqual({
    code: 1,
    output: "",
    errors: `gohd: converter "${path}" wrote nothing\n${blame}`,
  });
});

test("without its optional packages gohd does the rest, and says early what to install", () => {
  const versions = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).optionalDependencies;
  for (const name of Object.keys(versions)) gohd.uninstall(name);
  const say = (name: string, need: string, packages: string): string =>
    `gohd: ${name} is not installed: ${need}\n` +
    `  npm install --global ${packages} installs it; every other command and format works without it\n`;
  const [api, bindings, graphviz] = ["@duckdb/node-api", "@duckdb/node-bindings", "@hpcc-js/wasm-graphviz"];
  const duckDB = say(
    api,
    "gohd sql, --to parquet and --to duckdb need it",
    `${api}@${versions[api]} ${bindings}@${versions[bindings]}`,
  );
  for (const [args, errors] of [
    [["sql", "missing.dump", "SELECT 1"], duckDB],
    [["convert", "missing.dump", "--to", "parquet"], duckDB],
    [["convert", "missing.dump", "--to", "duckdb"], duckDB],
    [["convert", "missing.dump", "--to", "svg"], say(graphviz, SVG_NEED, `${graphviz}@${versions[graphviz]}`)],
  ] as const) {
    expect(run(...args)).toEqual({ code: 1, output: "", errors });
  }
  for (const name of ["heapsnapshot", "heaptimeline", "heapprofile", "pprof", "perfetto", "hprof", "dot"]) {
    expect(run("convert", SAMPLE, "--to", name, "-o", `out.${name}`), name).toMatchObject({ code: 0 });
  }
  expect(run("info", SAMPLE)).toMatchObject({ code: 0, errors: "" });
  expect(run("converters").code).toBe(0);

  // In a project they go there.
  writeFileSync(join(gohd.packages, "../package.json"), "{}");
  expect(run("convert", "missing.dump", "--to", "svg").errors).toContain(
    `npm install --prefix ${join(gohd.packages, "..")} ${graphviz}@`,
  );
}, 120_000);
