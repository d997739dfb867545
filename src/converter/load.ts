/**
 * Finds the converter that the user named, wherever it comes from, and checks that it is one. Built-ins go through the
 * same checks as strangers: that is the test that strangers can do the same. Only what the user named is ever loaded.
 */
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ConverterError, UsageError } from "../errors.ts";
import { findNearest } from "../nearest.ts";
import { CONVERTER_API_VERSION, type Converter } from "./converter.ts";
import { blamePlugIn } from "./plug-in.ts";
import { offerRunningPackage } from "./plug-in-imports.ts";
import { packageFolder } from "./running-package.ts";

// biome-ignore lint/suspicious/noExplicitAny: option types differ from converter to converter, and a table holds them all.
export type AnyConverter = Converter<any>;

/** Name to lazy import; the shape of the table of built-in converters. */
export type ConverterTable = Readonly<Record<string, () => Promise<{ readonly default: AnyConverter }>>>;

/** Packages of this prefix may be named without it. */
export const PACKAGE_PREFIX = "gohd-converter-";

/**
 * Loads the converter `specifier`: in this order a built-in of exactly that name, a path (`.`, `/`, a drive or `file:` in
 * front), the package `gohd-converter-<specifier>`, the package `<specifier>` unless that is nearly a built-in's name.
 * Packages and relative paths are looked up from `directory`, the user's, so that a globally installed gohd finds a locally
 * installed converter, and packages then beside gohd's own, where `npm install --global` puts them.
 * @throws UsageError if there is no such converter; ConverterError if it cannot be loaded or is not one.
 */
export async function loadConverter(
  specifier: string,
  builtIns: ConverterTable,
  directory: string,
): Promise<AnyConverter> {
  if (Object.hasOwn(builtIns, specifier)) return checked(await evaluate(specifier, builtIns[specifier]!), specifier);
  const path = resolve(specifier, builtIns, directory);
  offerRunningPackage();
  const module = await evaluate(specifier, () => import(pathToFileURL(path).href));
  return blamePlugIn(checked(module, specifier), specifier, path);
}

/** Loads every built-in, for lists of them. */
export async function loadBuiltIns(builtIns: ConverterTable): Promise<readonly AnyConverter[]> {
  return Promise.all(Object.keys(builtIns).map((name) => loadConverter(name, builtIns, ".")));
}

function resolve(specifier: string, builtIns: ConverterTable, directory: string): string {
  const around = dirname(packageFolder());
  const folders = basename(around) === "node_modules" ? [directory, around] : [directory];
  const known = Object.keys(builtIns);
  const nearest = isPath(specifier) ? undefined : findNearest(specifier, known);
  if (isPath(specifier)) {
    const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : specifier;
    return resolveOrUndefined(createRequire(join(directory, "gohd.js")), path, specifier) ?? fail([path], [directory]);
  }
  const prefixed = `${PACKAGE_PREFIX}${specifier}`;
  // A scope already says whose it is. What is nearly a format is a slip, and runs no package that happens to be called so.
  const names = specifier.startsWith("@") ? [specifier] : nearest === undefined ? [prefixed, specifier] : [prefixed];
  for (const name of names) {
    for (const folder of folders) {
      const path = resolveOrUndefined(createRequire(join(folder, "gohd.js")), name, specifier);
      if (path !== undefined) return path;
    }
  }
  return fail(
    names.map((name) => `package ${name}`),
    folders,
  );

  function fail(tried: readonly string[], from: readonly string[]): never {
    const several = specifier.split(",").filter((name) => known.includes(name.trim()));
    if (several.length > 1) {
      throw new UsageError(`there is no format ${specifier}`, {
        hint: `give each a --to of its own: ${several.map((name) => `--to ${name.trim()}`).join(" ")}`,
      });
    }
    if (nearest !== undefined) {
      throw new UsageError(`there is no format ${specifier}`, { hint: `did you mean --to ${nearest}?` });
    }
    throw new UsageError(
      `there is no ${isPath(specifier) ? "converter" : "format"} ${specifier}: built in are ${known.join(", ")}; also tried ${tried.join(", ")}, from ${from.join(" and ")}`,
      { hint: "gohd converters lists all formats" },
    );
  }
}

function isPath(specifier: string): boolean {
  return /^(\.{1,2}([/\\]|$)|[/\\]|[a-zA-Z]:[/\\]|file:)/.test(specifier);
}

/** The file that node would load, or undefined if there is no such package or file. */
function resolveOrUndefined(require: NodeJS.Require, name: string, specifier: string): string | undefined {
  try {
    const path = require.resolve(name);
    // Node's own modules resolve to their names.
    return require.resolve.paths(name) === null ? undefined : path;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_INVALID_ARG_VALUE") return undefined;
    throw new ConverterError(
      `converter "${specifier}" is installed, but cannot be loaded: ${(error as Error).message}`,
      {
        cause: error,
        ...(code === "ERR_PACKAGE_PATH_NOT_EXPORTED"
          ? { hint: 'its package.json should say "exports": "./index.js", or have a "default" condition' }
          : {}),
      },
    );
  }
}

async function evaluate(specifier: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    const isTypeScript = (error as NodeJS.ErrnoException)?.code === "ERR_UNKNOWN_FILE_EXTENSION";
    const message = error instanceof Error ? error.message : String(error);
    throw new ConverterError(`converter "${specifier}" failed while it was loaded: ${message}`, {
      cause: error,
      ...(isTypeScript ? { hint: "give gohd the compiled JavaScript" } : {}),
    });
  }
}

/** What a converter must have, member by member; each answers what is wrong, if something is. */
const SHAPE: readonly { readonly member: string; readonly must: string; readonly holds: (value: Loose) => boolean }[] =
  [
    {
      member: "name",
      must: "be lower case without spaces",
      holds: ({ name }) => isString(name) && /^[^\sA-Z]+$/.test(name),
    },
    { member: "description", must: "be text", holds: ({ description }) => isString(description) },
    { member: "output", must: "be an object", holds: ({ output }) => isObject(output) },
    { member: "output.kind", must: 'be "file" or "directory"', holds: ({ output }) => KINDS.includes(output.kind) },
    { member: "output.extension", must: "be text", holds: ({ output }) => isString(output.extension) },
    { member: "output.binary", must: "be true or false", holds: ({ output }) => typeof output.binary === "boolean" },
    {
      member: "output.variant",
      must: "name an option",
      holds: ({ output, options }) => output.variant === undefined || Object.hasOwn(options ?? {}, output.variant),
    },
    {
      member: "output.addedWith",
      must: "name an option that is a list",
      holds: ({ output, options }) =>
        output.addedWith === undefined || (isObject(options) && options[output.addedWith]?.type === "list"),
    },
    {
      member: "output.needsPath",
      must: "be true or false",
      holds: ({ output }) => output.needsPath === undefined || typeof output.needsPath === "boolean",
    },
    { member: "options", must: "be an object", holds: ({ options }) => isObject(options) },
    {
      member: "holds",
      must: "tell addresses and contents, whose options are true or false",
      holds: ({ holds, options }) => holds === undefined || isHoldings(holds, options),
    },
    {
      member: "listFiles",
      must: "be a function",
      holds: ({ listFiles }) => listFiles === undefined || typeof listFiles === "function",
    },
    {
      member: "uses",
      must: "be a function",
      holds: ({ uses }) => uses === undefined || typeof uses === "function",
    },
    {
      member: "check",
      must: "be a function",
      holds: ({ check }) => check === undefined || typeof check === "function",
    },
    { member: "convert", must: "be a function", holds: ({ convert }) => typeof convert === "function" },
  ];

// biome-ignore lint/suspicious/noExplicitAny: anything can come out of a module.
type Loose = any;

const isHoldings = ({ addresses, contents }: Loose, options: Loose): boolean =>
  typeof addresses === "boolean" &&
  Array.isArray(contents) &&
  contents.every(
    (held: Loose) => isString(held?.what) && (held.option === undefined || options?.[held.option]?.type === "boolean"),
  );

const KINDS: readonly unknown[] = ["file", "directory"];

const isString = (value: unknown): value is string => typeof value === "string";
const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null;

function checked(module: unknown, specifier: string): AnyConverter {
  const converter = (module as Loose).default;
  const wrong = (what: string): ConverterError =>
    new ConverterError(`"${specifier}" is not a converter: ${what}`, {
      hint: "a converter is the default export of its module, made with defineConverter",
    });
  if (converter === undefined) throw wrong("its module has no default export");
  if (!isObject(converter)) throw wrong("its default export is not an object");
  if (converter.apiVersion !== CONVERTER_API_VERSION) {
    if (converter.apiVersion === undefined) throw wrong("it lacks apiVersion");
    throw new ConverterError(
      `converter "${specifier}" is made for version ${converter.apiVersion} of the contract, and this gohd has version ${CONVERTER_API_VERSION}`,
      { hint: `install another version of the converter, or of gohd` },
    );
  }
  for (const { member, must, holds } of SHAPE) {
    if (holds(converter)) continue;
    const value = member.split(".").reduce((object, key) => object[key], converter);
    throw wrong(value === undefined ? `it lacks ${member}` : `its ${member} must ${must}`);
  }
  for (const [name, spec] of Object.entries<Loose>(converter.options)) {
    const fault = findOptionFault(name, spec);
    if (fault) throw wrong(`its option ${fault}`);
  }
  return converter;
}

const DEFAULTS: Readonly<Record<string, (spec: Loose) => boolean>> = {
  boolean: (spec) => typeof spec.default === "boolean",
  integer: (spec) => Number.isSafeInteger(spec.default),
  string: (spec) => isString(spec.default),
  choice: (spec) => Array.isArray(spec.values) && spec.values.includes(spec.default),
  list: (spec) => Array.isArray(spec.default) && spec.default.every(isString) && isString(spec.what),
};

function findOptionFault(name: string, spec: Loose): string | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return `"${name}" must be lower case letters, digits and dashes`;
  const hasDefault = isObject(spec) && Object.hasOwn(DEFAULTS, spec.type) ? DEFAULTS[spec.type] : undefined;
  if (!hasDefault) return `"${name}" has none of the types ${Object.keys(DEFAULTS).join(", ")}`;
  if (!hasDefault(spec)) return `"${name}" has a default that does not fit its type`;
  if (spec.off !== undefined && !isString(spec.off)) return `"${name}" says in off what is no text`;
  return isString(spec.description) ? undefined : `"${name}" lacks a description`;
}
