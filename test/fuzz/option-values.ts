/** Options for a converter, from what it declares: defaults mostly, and anything that its schema allows. */
import type { OptionSpec, OptionsSchema } from "../../src/index.ts";
import type { Random } from "./byte-damage.ts";

type Value = string | number | boolean | readonly string[];

/** What is about the machine and not about the output. */
const LEFT_ALONE: ReadonlySet<string> = new Set(["threads", "memory-limit"]);

/** Texts that options understand, or almost: those with a share or a size, and those with a name. */
const SIZES = ["0", "1%", "0.001%", "100%", "1KiB", "10MB", "1e9", "-1", "", "x%"];
const NAMES = [
  "",
  "a",
  "main",
  "main.Node",
  "main.store",
  "string",
  "0xc000000000",
  "17",
  "-1",
  "*",
  "[",
  "\\",
  "x\ny",
];

/** Dates, and texts that are none. */
const DATES = [
  "2026-11-28T10:30:00Z",
  "2026-11-28",
  "1970-01-01",
  "9999-12-31T23:59:59.999Z",
  "+275760-09-13",
  "13",
  "",
];

/** Pairs for lists, of which some are none. */
const PAIRS = ["host=a", "day=2026-11-20", "x=", "=x", "id=1", "host=../..", "a=%2f"];

export function chooseOptions(options: OptionsSchema, names: readonly string[], random: Random): Record<string, Value> {
  const isPlain = random(3) === 0;
  return Object.fromEntries(
    Object.entries(options).map(([name, spec]) => [
      name,
      isPlain || LEFT_ALONE.has(name) || random(2) === 0 ? spec.default : chooseValue(name, spec, names, random),
    ]),
  );
}

function chooseValue(name: string, spec: OptionSpec, names: readonly string[], random: Random): Value {
  switch (spec.type) {
    case "boolean":
      return random(2) === 0;
    case "choice":
      return spec.values[random(spec.values.length)]!;
    case "integer": {
      const { min = 0, max = 2 ** 31 } = spec;
      return [min, max, spec.default, min + random(Math.min(100, max - min + 1))][random(4)]!;
    }
    case "string":
      if (/size|retained/.test(name)) return SIZES[random(SIZES.length)]!;
      if (name === "time") return DATES[random(DATES.length)]!;
      return random(2) === 0 && names.length > 0 ? names[random(names.length)]! : NAMES[random(NAMES.length)]!;
    case "list":
      return Array.from({ length: random(3) }, () => PAIRS[random(PAIRS.length)]!);
  }
}
