/**
 * What outputs hold of the dumped process: what converters say of themselves, and README with them, is what is found when
 * an output is unpacked and searched, for contents and for where the files lay.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { BUILT_IN_CONVERTERS } from "../../converters/index.ts";
import type { OptionSpec } from "../../src/converter/converter.ts";
import { describeHoldings } from "../../src/converter/holdings.ts";
import { type AnyConverter, loadBuiltIns } from "../../src/converter/load.ts";
import type { Heap } from "../../src/index.ts";
import { convertToPath } from "../support/directory-conversion.ts";
import { openReader } from "../support/readers/duckdb-reader.ts";
import { typedSample } from "../support/typed-samples.ts";

/** What the sample has for texts: names, mail addresses, and the tokens that are keys of a map. */
const TEXT = /visitor \d{4}|visitor\d{4}@example|token-\d{8}|document \d\d/;
const KEY = /token-\d{8}|document \d\d/;
/** The folder in which the dump lay. */
const FOLDER = "/home/somebody/secret-project";

let heap: Heap;
/** Of another sample, in which a map with texts for keys holds much: for a format that shows no others. */
let previews: Heap;
let converters: readonly AnyConverter[];
/** Addresses of the objects that are values of the map. */
let sessions: readonly bigint[];
let session: string;

beforeAll(async () => {
  const typed = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
  heap = { ...typed, dump: { ...typed.dump, name: `${FOLDER}/sessions.dump` } };
  previews = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  converters = await loadBuiltIns(BUILT_IN_CONVERTERS);
  const { types, objects } = heap;
  sessions = [...objects.type.keys()]
    .filter((object) => types.names[objects.type[object]!] === "main.Session")
    .map((object) => heap.dump.addressBase + BigInt(objects.address[object]!));
  session = `0x${sessions[0]!.toString(16)}`;
});

/** Everything that an output says, however it is packed. */
async function readText(converter: AnyConverter, of: Heap, options: object): Promise<string> {
  const path = await convertToPath(converter, of, options as never);
  if (!/parquet|duckdb/.test(converter.name)) {
    const bytes = readFileSync(path);
    const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
    // As SVG writes hyphens.
    return text.replaceAll("&#45;", "-");
  }
  const reader = await openReader(path);
  const tables = await reader.query(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'main'",
  );
  let text = "";
  for (const { name } of tables) {
    // Of a view's parameters nothing is known.
    const rows = await reader.query(`SELECT t::VARCHAR AS text FROM ${name} t`);
    text += rows.map((row) => row.text).join("\n");
  }
  reader.close();
  return text;
}

/** Options with which the converter shows what it shows of contents. */
const showing = (converter: AnyConverter): readonly object[] => {
  const { graph, profile, "whole-texts": whole } = converter.options as Readonly<Record<string, OptionSpec>>;
  if (whole !== undefined) return [{ "whole-texts": true }];
  if (graph?.type === "choice")
    return graph.values.map((value) => ({ graph: value, focus: value === "references" ? session : "" }));
  if (profile?.type === "choice") return profile.values.map((value) => ({ profile: value }));
  return [{}];
};

async function readAll(converter: AnyConverter, options: object): Promise<string> {
  const texts: string[] = [];
  for (const more of showing(converter)) texts.push(await readText(converter, heap, { ...more, ...options }));
  if (converter.name === "markdown") texts.push(await readText(converter, previews, options));
  return texts.join("\n");
}

describe.each(Object.keys(BUILT_IN_CONVERTERS))("%s", (name) => {
  let converter: AnyConverter;
  let text: string;
  beforeAll(async () => {
    converter = converters.find((candidate) => candidate.name === name)!;
    text = await readAll(converter, {});
  }, 60_000);

  test("holds contents as it says, and without them if told so", async () => {
    const { contents } = converter.holds!;
    const isDefault = ({ option }: { readonly option?: string }): boolean =>
      option === undefined || (converter.options as Readonly<Record<string, OptionSpec>>)[option]?.default === true;
    expect(TEXT.test(text)).toBe(contents.some(isDefault));
    for (const { option, what } of contents) {
      const options = { [option!]: !isDefault({ option: option! }) };
      const found = await readAll(converter, options);
      const wanted = what.startsWith("keys") ? KEY : TEXT;
      expect(wanted.test(found), what).toBe(!wanted.test(text));
    }
  }, 60_000);

  test("holds addresses as it says", () => {
    // Some formats have but the largest objects; others count from an address that they tell.
    const isThere = sessions.some(
      (address) => text.includes(`0x${address.toString(16)}`) || text.includes(`${address}`),
    );
    expect(isThere || /"idBase"|addressBase/.test(text)).toBe(converter.holds!.addresses);
  });

  test("does not tell where the dump lay", () => {
    expect(text).not.toContain("secret-project");
  });

  test("is in the README as it is", () => {
    const readMe = readFileSync(join(import.meta.dirname, "../../src/cli/README.md"), "utf8");
    const row = readMe.split("\n").find((line) => line.startsWith("|") && line.includes(`\`${name}\``));
    expect(row).toContain(`| ${describeHoldings(converter)} |`);
  });
});
