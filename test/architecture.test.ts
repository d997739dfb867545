/**
 * The direction of imports: what ARCHITECTURE.md draws, enforced. A layer may import itself and what its row lists,
 * nothing else; a new folder needs a new row.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Layer (a folder, or a file without its ending) to the layers it may import. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "src/errors": [],
  "src/progress": [],
  "src/quantities": [],
  "src/shown-text": [],
  "src/io": ["src/errors", "src/progress"],
  "src/format": ["src/errors", "src/progress", "src/io"],
  "src/heap": ["src/errors", "src/progress", "src/io", "src/format"],
  "src/binary": ["src/errors", "src/progress", "src/io"],
  "src/typing": ["src/errors", "src/progress", "src/io", "src/format", "src/heap", "src/binary"],
  "src/analysis": ["src/errors", "src/progress", "src/heap"],
  "src/converter": ["src/errors", "src/progress", "src/io", "src/heap"],
  "src/index": [
    "src/errors",
    "src/progress",
    "src/quantities",
    "src/shown-text",
    "src/io",
    "src/heap",
    "src/binary",
    "src/typing",
    "src/analysis",
    "src/converter",
  ],
  // The table needs the contract's type for tables, which is the command line's business and not the public door's.
  "converters/index": ["converters/*", "src/converter"],
  "converters/*": ["src/index"],
  "src/cli": [
    "src/errors",
    "src/progress",
    "src/quantities",
    "src/shown-text",
    "src/io",
    "src/heap",
    "src/binary",
    "src/typing",
    "src/analysis",
    "src/converter",
    "converters/index",
  ],
};

/** Rules that one file breaks, with the reason; empty is what it should be. */
const DEBT: readonly string[] = [];

/** Packages each folder may import; node's own modules are free below. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "src/io": ["fzstd"],
  "src/cli": ["commander", "cli-progress", "cli-table3"],
  "converters/dot": ["@hpcc-js/wasm-graphviz"],
  "converters/pprof": ["pprof-format"],
  "converters/parquet": ["@duckdb/node-api", "@duckdb/node-bindings"],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = ["src", "converters"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path).replaceAll(sep, "/")),
);
const imports = files.flatMap((file) => findImports(file, readFileSync(join(ROOT, file), "utf8")));

/** Static and dynamic imports and re-exports, paths relative to the project. */
function findImports(file: string, text: string): Import[] {
  const pattern = /^\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...text.matchAll(pattern)].map(([, from, bare, dynamic]) => {
    const to = (from ?? bare ?? dynamic)!;
    return { from: file, to: to.startsWith(".") ? normalize(join(dirname(file), to)).replaceAll(sep, "/") : to };
  });
}

/** The row that a file belongs to. */
function layerOf(file: string): string {
  const name = file.replace(/\.ts$/, "");
  if (Object.hasOwn(ALLOWED, name)) return name;
  const [top, folder] = name.split("/");
  return top === "converters" ? "converters/*" : `${top}/${folder}`;
}

function isForbidden({ from, to }: Import): boolean {
  const layer = layerOf(from);
  if (!/^(src|converters)\//.test(to)) {
    if (to.startsWith("node:")) return false;
    return !(PACKAGES[from.split("/").slice(0, 2).join("/")] ?? []).includes(to);
  }
  const target = layerOf(to);
  // A converter never knows another converter.
  if (layer === "converters/*" && target === layer) return dirname(from).split("/")[1] !== dirname(to).split("/")[1];
  return target !== layer && !(ALLOWED[layer] ?? []).includes(target);
}

const describeImport = ({ from, to }: Import): string => `${from} -> ${to}`;

describe("imports", () => {
  test("are found at all", () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports).toContainEqual({ from: "converters/index.ts", to: "converters/heapsnapshot/index.ts" });
    expect(imports).toContainEqual({ from: "src/io/zstd.ts", to: "fzstd" });
    expect(imports).toContainEqual({ from: "src/index.ts", to: "src/errors.ts" });
  });

  test("every file belongs to a layer", () => {
    expect(files.filter((file) => !Object.hasOwn(ALLOWED, layerOf(file)))).toEqual([]);
  });

  test("go only where the table allows", () => {
    expect(
      imports
        .filter(isForbidden)
        .map(describeImport)
        .filter((text) => !DEBT.includes(text)),
    ).toEqual([]);
  });

  test("debt that has been paid is struck off", () => {
    const broken = imports.filter(isForbidden).map(describeImport);
    expect(DEBT.filter((text) => !broken.includes(text))).toEqual([]);
  });

  test("the rule notices what breaks it", () => {
    for (const [from, to] of [
      ["src/format/bad.ts", "src/heap/heap.ts"],
      ["src/analysis/bad.ts", "src/typing/type.ts"],
      ["src/binary/bad.ts", "src/heap/heap.ts"],
      ["src/binary/bad.ts", "src/format/records.ts"],
      ["src/heap/bad.ts", "src/typing/type-heap.ts"],
      ["src/typing/bad.ts", "src/analysis/histogram.ts"],
      ["src/converter/bad.ts", "src/typing/type-heap.ts"],
      ["src/converter/bad.ts", "converters/index.ts"],
      ["converters/dot/index.ts", "converters/pprof/index.ts"],
      ["converters/dot/index.ts", "src/heap/heap.ts"],
      ["converters/dot/index.ts", "@duckdb/node-api"],
      ["converters/heapsnapshot/index.ts", "@hpcc-js/wasm-graphviz"],
      ["src/heap/bad.ts", "commander"],
      ["src/new/bad.ts", "src/errors.ts"],
    ] as const) {
      expect(isForbidden({ from, to }), `${from} -> ${to}`).toBe(true);
    }
  });

  test("the packages are the ones that package.json has", () => {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const installed = Object.keys({ ...dependencies, ...optionalDependencies });
    expect(Object.values(PACKAGES).flat().sort()).toEqual(installed.sort());
  });
});

describe("below the command line", () => {
  const below = files.filter((file) => !file.startsWith("src/cli/"));

  test("nobody prints or touches the process, but the file that tells writers of temporaries apart", () => {
    const uses = below.filter((file) => {
      const code = readFileSync(join(ROOT, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      return /\bconsole\.|\bprocess\.(?!nextTick)|"node:process"/.test(code);
    });
    expect(uses).toEqual(["src/io/temporaries/writer.ts"]);
  });

  test("`any` only where converters are loaded", () => {
    const uses = files.filter((file) => {
      const code = readFileSync(join(ROOT, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|"[^"\n]*"/g, "");
      return /[:<,|&=]\s*any\b|\bas any\b/.test(code);
    });
    expect(uses).toEqual(["src/converter/load.ts"]);
  });

  test("only main.ts touches the process in the command line", () => {
    const uses = files
      .filter((file) => file.startsWith("src/cli/"))
      .filter((file) => /\bprocess\.[a-z]/.test(readFileSync(join(ROOT, file), "utf8").replaceAll(/`process`/g, "")));
    expect(uses).toEqual(["src/cli/main.ts"]);
  });
});

test("no file is longer than 600 lines", () => {
  const long = files.filter((file) => readFileSync(join(ROOT, file), "utf8").split("\n").length > 601);
  expect(long).toEqual([]);
});

test("ARCHITECTURE.md names every folder, and keeps to 150 lines", () => {
  const text = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");
  expect(text.split("\n").length).toBeLessThanOrEqual(151);
  const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) expect(text).toContain(`${name}/`);
});
