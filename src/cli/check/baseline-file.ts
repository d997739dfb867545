/**
 * BaselineFile: a baseline as a JSON file that is kept in a repository: a line for each path, so that what has changed can be reviewed.
 * It has names of types, variables, fields and functions, and figures; no contents of memory, keys of maps included. Its mode is 0644:
 * whoever builds has to read it.
 */
import { CheckError } from "../../errors.ts";
import {
  BASELINE_SCHEMA_VERSION,
  type Baseline,
  type BaselineGoroutines,
  type BaselineHeap,
  type BaselinePath,
} from "../../findings/check/baseline.ts";
import { escapeJson } from "../../shown-text.ts";
import { readTextFile } from "./text-file.ts";

/** What a file says of itself, first of all. */
const BEGINNING = '{\n  "baseline": "gohd check",';

/**
 * Reads a file; undefined if there is none.
 * @throws CheckError if it is no baseline; the system's error if it cannot be read
 */
export function readBaseline(path: string): Baseline | undefined {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return parseBaseline(text, path);
}

/** @throws CheckError */
export function parseBaseline(text: string, name: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw isNoBaseline(name, (error as Error).message);
  }
  if (!isRecord(value) || !isRecord(value.heaps)) throw isNoBaseline(name, 'it has no "heaps"');
  const { schemaVersion } = value;
  if (schemaVersion !== BASELINE_SCHEMA_VERSION) {
    throw isNoBaseline(name, `its schemaVersion is ${JSON.stringify(schemaVersion)}, not ${BASELINE_SCHEMA_VERSION}`);
  }
  const heaps = Object.entries(value.heaps).map(([key, heap]) => [key, readHeap(heap, `${name}, "${key}"`)] as const);
  return { schemaVersion, heaps: Object.fromEntries(heaps) };
}

/** Writes it: the same baseline, whoever wrote it, is the same text. Ends with a line break. */
export function renderBaseline({ schemaVersion, heaps }: Baseline): string {
  const keys = Object.keys(heaps).sort();
  const parts = keys.map((key) => `    ${JSON.stringify(key)}: ${renderHeap(heaps[key]!)}`);
  const text = `${BEGINNING}\n  "schemaVersion": ${schemaVersion},\n  "heaps": {\n${parts.join(",\n")}\n  }\n}\n`;
  return escapeJson(text);
}

function renderHeap({ least, liveBytes, paths, goroutines }: BaselineHeap): string {
  const list = (rows: readonly object[]): string =>
    rows.length === 0 ? "[]" : `[\n${rows.map((row) => `        ${JSON.stringify(row)}`).join(",\n")}\n      ]`;
  return [
    "{",
    `      "least": ${least},`,
    `      "liveBytes": ${liveBytes},`,
    `      "paths": ${list(paths)},`,
    `      "goroutines": ${list(goroutines)}`,
    "    }",
  ].join("\n");
}

function readHeap(value: unknown, where: string): BaselineHeap {
  if (!isRecord(value)) throw isNoBaseline(where, "it is no object");
  const { least, liveBytes, paths, goroutines } = value;
  return {
    least: readNumber(least, "least", where),
    liveBytes: readNumber(liveBytes, "liveBytes", where),
    paths: readList(paths, "paths", where).map((row, i): BaselinePath => {
      const at = `${where}, paths[${i}]`;
      return {
        fingerprint: readText(row.fingerprint, "fingerprint", at),
        path: readText(row.path, "path", at),
        type: readText(row.type, "type", at),
        bytes: readNumber(row.bytes, "bytes", at),
        objects: readNumber(row.objects, "objects", at),
        ...readReason(row.reason, at),
      };
    }),
    goroutines: readList(goroutines, "goroutines", where).map((row, i): BaselineGoroutines => {
      const at = `${where}, goroutines[${i}]`;
      return {
        fingerprint: readText(row.fingerprint, "fingerprint", at),
        entry: readText(row.entry, "entry", at),
        origin: readText(row.origin, "origin", at),
        count: readNumber(row.count, "count", at),
        ...readReason(row.reason, at),
      };
    }),
  };
}

function readReason(value: unknown, where: string): { readonly reason?: string } {
  return value === undefined ? {} : { reason: readText(value, "reason", where) };
}

function readNumber(value: unknown, key: string, where: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw isNoBaseline(where, `"${key}" is no number`);
}

function readText(value: unknown, key: string, where: string): string {
  if (typeof value === "string") return value;
  throw isNoBaseline(where, `"${key}" is no text`);
}

function readList(value: unknown, key: string, where: string): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value) || !value.every(isRecord)) throw isNoBaseline(where, `"${key}" is no list of objects`);
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNoBaseline(name: string, why: string): CheckError {
  const hint = "restore it, or take it away and write it anew with --update";
  return new CheckError(`${name} is not a baseline of gohd check: ${why}`, { code: "unable", hint });
}
