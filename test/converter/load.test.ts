import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineConverter } from "../../src/converter/converter.ts";
import { type ConverterTable, loadBuiltIns, loadConverter } from "../../src/converter/load.ts";
import { ConverterError, UsageError } from "../../src/errors.ts";

const good = {
  apiVersion: 1,
  name: "good",
  description: "a converter",
  output: { kind: "file", extension: "txt", binary: false },
  options: { depth: { type: "integer", default: 1, description: "how deep" } },
  async convert() {},
};

const builtIns: ConverterTable = {
  good: async () => ({ default: defineConverter({ ...good, name: "built-in" } as never) }),
  broken: async () => {
    throw new TypeError("no such wasm");
  },
};

/** The user's directory; its node_modules holds packages as npm would have put them. */
let directory: string;

beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-load-")));
  const modules = join(directory, "node_modules");
  cpSync(join(import.meta.dirname, "fixtures"), modules, { recursive: true });
  addPackage("plain-name", "export default { apiVersion: 1 }");
  addPackage("gohd-converter-good", "export default null");
  addPackage("thrower", "throw new RangeError('out of ideas')");
  addPackage("needs-more", "import 'not-installed'");
  addPackage("import-only", "export default {}", { exports: { import: "./index.js" } });
  addPackage("goood", "throw new Error('no plug-in of gohd')");
  addPackage("gohd-converter-gooood", `export default ${toSource({ ...good, name: "gooood" })}`);
  addPackage("@scope/converter", `export default ${toSource(good)}`);
  function addPackage(name: string, source: string, more: object = { exports: "./index.js" }): void {
    mkdirSync(join(modules, name), { recursive: true });
    writeFileSync(join(modules, name, "package.json"), JSON.stringify({ name, type: "module", ...more }));
    writeFileSync(join(modules, name, "index.js"), source);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

function toSource(converter: object): string {
  return JSON.stringify(converter).replace(/}$/, ", async convert() {} }");
}

/** Writes a module into the user's directory and returns the path to it. */
function module(name: string, source: string): string {
  writeFileSync(join(directory, `${name}.mjs`), source);
  return `./${name}.mjs`;
}

async function failure(specifier: string): Promise<Error & { hint?: string }> {
  const error = await loadConverter(specifier, builtIns, directory).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

describe("where converters come from", () => {
  test("a built-in, which no package can shadow", async () => {
    expect((await loadConverter("good", builtIns, directory)).name).toBe("built-in");
  });

  test("a path: relative, absolute, file:, a directory", async () => {
    const path = module("mine", `export default ${toSource({ ...good, name: "mine" })}`);
    const absolute = join(directory, "mine.mjs");
    for (const specifier of [path, absolute, pathToFileURL(absolute).href]) {
      expect((await loadConverter(specifier, builtIns, directory)).name).toBe("mine");
    }
    mkdirSync(join(directory, "folder"));
    writeFileSync(
      join(directory, "folder", "index.js"),
      `module.exports = ${toSource({ ...good, name: "common-js" })}`,
    );
    expect((await loadConverter("./folder", builtIns, directory)).name).toBe("common-js");
  });

  test("the package gohd-converter-X, by either name, installed at the user's", async () => {
    for (const specifier of ["sizes", "gohd-converter-sizes"]) {
      const converter = await loadConverter(specifier, builtIns, directory);
      expect(converter.name).toBe("sizes");
      expect(Object.keys(converter.options)).toEqual(["min", "unit", "header", "count", "title"]);
    }
    await expect(loadConverter("sizes", builtIns, tmpdir())).rejects.toThrow("there is no format sizes");
  });

  test("a package of a scope", async () => {
    expect((await loadConverter("@scope/converter", builtIns, directory)).name).toBe("good");
  });

  test("all built-ins at once", async () => {
    const { good } = builtIns;
    expect((await loadBuiltIns({ good: good! })).map(({ name }) => name)).toEqual(["built-in"]);
  });
});

describe("what is said when there is none", () => {
  test("the nearest, and no package that happens to be called so is tried", async () => {
    const error = await failure("goood");
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe("there is no format goood");
    expect(error.hint).toBe("did you mean --to good?");
    // What is made for gohd is no accident.
    expect((await loadConverter("gooood", builtIns, directory)).name).toBe("gooood");
  });

  test("what was tried and what there is", async () => {
    const error = await failure("parquet");
    expect(error.message).toBe(
      `there is no format parquet: built in are good, broken; also tried package gohd-converter-parquet, package parquet, from ${directory}`,
    );
    expect(error.hint).toContain("gohd converters");
    expect((await failure("good,broken")).hint).toBe("give each a --to of its own: --to good --to broken");
  });

  test("a path that is not there; a module of node's own; a name that is none", async () => {
    expect((await failure("./absent.mjs")).message).toContain("also tried ./absent.mjs");
    expect(await failure("fs")).toBeInstanceOf(UsageError);
    expect(await failure("")).toBeInstanceOf(UsageError);
    expect(await failure("constructor")).toBeInstanceOf(UsageError);
  });
});

describe("what is said when it fails", () => {
  test("the module throws, or needs another one: the cause is kept", async () => {
    const thrown = await failure("thrower");
    expect(thrown).toBeInstanceOf(ConverterError);
    expect(thrown.message).toBe('converter "thrower" failed while it was loaded: out of ideas');
    expect(thrown.cause).toBeInstanceOf(RangeError);
    expect((await failure("needs-more")).message).toContain("not-installed");
    expect((await failure("broken")).cause).toBeInstanceOf(TypeError);
  });

  test("exports with nothing but an import condition", async () => {
    const error = await failure("import-only");
    expect(error.message).toContain('"import-only" is installed, but cannot be loaded');
    expect(error.hint).toContain('"exports": "./index.js"');
  });

  const faults: Record<string, [converter: string, message: string]> = {
    "no default export": ["export const x = 1", "its module has no default export"],
    "a function": ["export default () => 1", "its default export is not an object"],
    "no version": ["export default {}", "it lacks apiVersion"],
    "another version": ["export default { apiVersion: 7 }", "version 7 of the contract, and this gohd has version 1"],
    "no name": [without("name"), "it lacks name"],
    "a name with a space": [withMember({ name: "a b" }), "its name must be lower case without spaces"],
    "no description": [without("description"), "it lacks description"],
    "no output": [without("output"), "it lacks output"],
    "a kind of its own": [withMember({ output: { ...good.output, kind: "x" } }), 'its output.kind must be "file"'],
    "no extension": [withMember({ output: { kind: "file", binary: true } }), "it lacks output.extension"],
    "no word on binary": [withMember({ output: { kind: "file", extension: "x" } }), "it lacks output.binary"],
    "a variant that is no option": [
      withMember({ output: { ...good.output, variant: "kind" } }),
      "its output.variant must name an option",
    ],
    "a list that is none": [withMember({ listFiles: [] }), "its listFiles must be a function"],
    "no options": [without("options"), "it lacks options"],
    "no convert": [`export default ${JSON.stringify(good)}`, "it lacks convert"],
    "an option of no type": [withMember({ options: { x: { default: 1 } } }), 'its option "x" has none of the types'],
    "an option without default": [withMember({ options: { x: { type: "string" } } }), 'option "x" has a default'],
    "a default that is no choice": [
      withMember({ options: { x: { type: "choice", values: ["a"], default: "b" } } }),
      'option "x" has a default that does not fit',
    ],
    "an option without description": [
      withMember({ options: { x: { type: "string", default: "" } } }),
      'option "x" lacks a description',
    ],
    "an option in capitals": [withMember({ options: { X: {} } }), 'its option "X" must be lower case'],
  };
  test.each(Object.entries(faults))("%s", async (what, [source, message]) => {
    const error = await failure(module(`fault-${what.replaceAll(/\W/g, "-")}`, source));
    expect(error).toBeInstanceOf(ConverterError);
    expect(error.message).toContain(message);
  });
});

function withMember(change: object): string {
  return `export default ${toSource({ ...good, ...change })}`;
}

function without(member: string): string {
  return `export default ${toSource(Object.fromEntries(Object.entries(good).filter(([key]) => key !== member)))}`;
}
