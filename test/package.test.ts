/** What the package promises to npm and to whoever installs it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const readJson = (name: string) => JSON.parse(readFileSync(join(ROOT, name), "utf8"));
const manifest = readJson("package.json");
const lock = readJson("package-lock.json");

/** Files that a path stands for, in which a folder may be a star; of pictures those of their folder. */
function filesOf(path: string): string[] {
  const [before, after] = path.split("/*/");
  const folders = after === undefined ? [] : readdirSync(join(ROOT, before!)).map((name) => join(before!, name, after));
  const paths = (after === undefined ? [path] : folders).map((file) => join(ROOT, file));
  return paths
    .filter((file) => existsSync(file))
    .flatMap((file) => (path === "samples/pictures" ? readdirSync(file).map((name) => join(file, name)) : [file]));
}

/** Anchors of a paper's headings, as code hosts make them. */
const headingsOf = (path: string): string[] =>
  [...readFileSync(path, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );

/** Where the compiler takes a file of dist/ from. */
const toSource = (path: string): string => path.replace(/^(\.\/)?dist\//, "").replace(/(\.d)?\.[jt]s$/, ".ts");

describe("package.json", () => {
  test("the command and the public door exist", () => {
    expect(Object.keys(manifest.bin)).toEqual(["gohd"]);
    expect(existsSync(join(ROOT, toSource(manifest.bin.gohd)))).toBe(true);
    expect(readFileSync(join(ROOT, toSource(manifest.bin.gohd)), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(Object.keys(manifest.exports)).toEqual([
      ".",
      "./report.schema.json",
      "./summary.schema.json",
      "./top.schema.json",
      "./check.schema.json",
      "./growth.schema.json",
      "./package.json",
    ]);
    for (const name of ["report", "summary", "top", "check", "growth"]) {
      expect(existsSync(join(ROOT, manifest.exports[`./${name}.schema.json`])), name).toBe(true);
    }
    for (const path of Object.values<string>(manifest.exports["."])) {
      expect(toSource(path)).toBe("src/index.ts");
    }
  });

  test("the files are the compiled sources and the papers, and nothing of the tests", () => {
    expect(manifest.files).toEqual([
      "dist/src",
      "dist/converters",
      "!dist/**/*.map",
      // What the papers point to.
      "converters/README.md",
      "converters/*/README.md",
      "src/cli/README.md",
      "src/cli/check/README.md",
      "samples/README.md",
      "samples/pictures",
      "samples/gotest/README.md",
      "samples/gotest/go.mod",
      "samples/gotest/gohd.yaml",
      "samples/gotest/heapdump_test.go",
      "samples/gotest/sessions.go",
      "samples/gotest/sessions_test.go",
      "samples/gotest/workflow.yml",
      "src/findings/report/report.schema.json",
      "src/findings/report/summary.schema.json",
      "src/findings/top/top.schema.json",
      "src/findings/check/check.schema.json",
      "src/findings/growth/growth.schema.json",
      "src/index.ts",
      "src/cli/info/info-report.ts",
      "README.md",
      "ARCHITECTURE.md",
      "CHANGELOG.md",
      "LICENSE",
    ]);
    const shipped = manifest.files.filter((path: string) => !path.startsWith("!"));
    for (const path of shipped) expect(filesOf(path.replace(/^dist\//, "")), path).not.toEqual([]);
  });

  test("the links of the papers lead to files of the package, and to headings that are there", () => {
    const shipped = new Set<string>(manifest.files.flatMap(filesOf));
    const papers = [...shipped].filter((path) => path.endsWith(".md"));
    expect(papers.length).toBeGreaterThan(6);
    const links = papers.flatMap((paper) =>
      [...readFileSync(paper, "utf8").matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link]) => link!)
        .filter((link) => !/^https?:/.test(link))
        .map((link) => [paper, ...link.split("#")] as const),
    );
    expect(links.length).toBeGreaterThan(8);
    for (const [paper, path, heading] of links) {
      const target = path === "" ? paper : join(dirname(paper), path!);
      expect(shipped, `${paper}: ${path}`).toContain(target);
      if (heading !== undefined) expect(headingsOf(target), `${paper}: #${heading}`).toContain(heading);
    }
  });

  test("every dependency has one exact version, the installed one", () => {
    for (const [name, version] of Object.entries({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    })) {
      // DuckDB counts its releases behind a dash.
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-r\.\d+)?$/);
      expect(lock.packages[`node_modules/${name}`].version, name).toBe(version);
    }
  });

  test("the reference names each package that is installed, with its licence", () => {
    const rows = [
      ...readFileSync(join(ROOT, "src/cli/README.md"), "utf8").matchAll(
        /^\| ([^|]*`[^|]*) \| (MIT|ISC|Apache-2\.0)\b[^|]* \|$/gm,
      ),
    ];
    const told = rows.flatMap(([, names, licence]) =>
      [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => [name!, licence!] as const),
    );
    const installed = Object.entries<{ license: string; dev?: boolean; devOptional?: boolean }>(lock.packages)
      .filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional)
      .map(([path, { license }]) => [path.replace(/^.*node_modules\//, ""), license] as const)
      // Builds of DuckDB for single systems.
      .filter(([name]) => !name.startsWith("@duckdb/node-bindings-"));
    expect(told.toSorted()).toEqual(installed.toSorted());
  });

  test("nothing runs on the machine of whoever installs it", () => {
    // npm asks users about `prepare`, too, of a package that comes as a file; what follows it runs in a clone only.
    const asked = ["preinstall", "install", "postinstall", "prepare"];
    for (const script of asked) expect(manifest.scripts[script]).toBeUndefined();
    expect(manifest.scripts.postprepare).toBe(manifest.scripts.prepack);
  });

  test("gohd can do without the large libraries", () => {
    const large = ["@duckdb/node-api", "@duckdb/node-bindings", "@hpcc-js/wasm-graphviz"];
    expect(Object.keys(manifest.optionalDependencies)).toEqual(large);
    for (const name of large) expect(lock.packages[`node_modules/${name}`].optional, name).toBe(true);
  });

  test("the oldest Node is one that every dependency takes", () => {
    expect(manifest.engines.node).toBe(">=20");
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const needs: string = lock.packages[`node_modules/${name}`].engines?.node ?? ">=0";
      expect(Number(/\d+/.exec(needs)![0]), `${name} needs ${needs}`).toBeLessThanOrEqual(20);
    }
  });
});

describe("package-lock.json", () => {
  const packages = Object.entries<Record<string, unknown>>(lock.packages);

  test("is of this package", () => {
    expect(lock.packages[""]).toMatchObject({ name: manifest.name, version: manifest.version, bin: manifest.bin });
    expect(lock.packages[""].dependencies).toEqual(manifest.dependencies);
    expect(lock.packages[""].optionalDependencies).toEqual(manifest.optionalDependencies);
    expect(lock.packages[""].devDependencies).toEqual(manifest.devDependencies);
  });

  test("has checksums and no download addresses", () => {
    expect(packages.length).toBeGreaterThan(20);
    expect(packages.filter(([, entry]) => "resolved" in entry).map(([name]) => name)).toEqual([]);
    expect(packages.filter(([name, entry]) => name !== "" && !entry.integrity).map(([name]) => name)).toEqual([]);
  });

  test("has every platform's optional packages, without which npm ci refuses", () => {
    const wanted = packages.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter((name) => !lock.packages[`node_modules/${name}`])).toEqual([]);
  });

  test("no package that users get runs a script when it is installed", () => {
    const scripts = packages.filter(([, entry]) => entry.hasInstallScript && !entry.dev);
    expect(scripts.map(([name]) => name)).toEqual([]);
  });
});

test("CHANGELOG.md tells about this version", () => {
  expect(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8")).toContain(`## ${manifest.version}`);
});

test("README.md's commands name files and scripts that exist", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const samples = readme.match(/samples\/dumps\/[\w.-]+/g) ?? [];
  expect(samples.length).toBeGreaterThan(0);
  for (const path of samples) expect(existsSync(join(ROOT, path)), path).toBe(true);
  expect(readme).toContain("npm ci && npm test");
  expect(manifest.scripts.test).toBeDefined();
});

test("pictures are small enough to open at once, and every one is shown", () => {
  const papers = manifest.files.flatMap(filesOf).filter((path: string) => path.endsWith(".md"));
  const texts = papers.map((path: string) => readFileSync(path, "utf8")).join("");
  for (const path of filesOf("samples/pictures")) {
    expect(statSync(path).size, path).toBeLessThanOrEqual(150_000);
    expect(texts).toContain(`/${basename(path)})`);
  }
});
