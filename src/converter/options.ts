/**
 * From what the user typed to the values a converter gets. The converter's schema is the only source: of the names, the
 * checks, the defaults, and of the help. Nothing is ever evaluated.
 */
import { UsageError } from "../errors.ts";
import { findNearest } from "../nearest.ts";
import type { OptionSpec, OptionsSchema, OptionValues } from "./converter.ts";

/** One option as typed: its name, and its text or, for flags without a value, what they stand for. */
export type GivenOption = readonly [name: string, value: string | boolean];

type OptionValue = string | number | boolean | readonly string[];

const TRUE_WORDS = ["true", "yes", "on", "1"];
const FALSE_WORDS = ["false", "no", "off", "0"];

/** Splits `key=value`; a key alone means true. @throws UsageError if there is no key. */
export function parseAssignment(text: string): GivenOption {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === "") throw new UsageError(`"${text}" is not an option`, { hint: "write --option name=value" });
  return [name, equals < 0 ? true : text.slice(equals + 1)];
}

/**
 * Checks `given` against the converter's schema and fills in the defaults.
 * @throws UsageError for a name it does not know, one given twice that is no list, and a value that does not fit.
 */
export function resolveOptions<S extends OptionsSchema>(
  converter: { readonly name: string; readonly options: S },
  given: readonly GivenOption[],
): OptionValues<S> {
  const values: Record<string, OptionValue> = {};
  for (const [name, spec] of Object.entries(converter.options)) values[name] = spec.default;
  const seen = new Set<string>();
  for (const [name, value] of given) {
    const spec = Object.hasOwn(converter.options, name) ? converter.options[name] : undefined;
    if (!spec) throw unknownOption(converter, name);
    const parsed = parseValue(name, spec, value);
    if (spec.type === "list") {
      values[name] = [...(seen.has(name) ? (values[name] as readonly string[]) : []), parsed as string];
    } else {
      if (seen.has(name)) throw new UsageError(`option "${name}" is given twice`);
      values[name] = parsed;
    }
    seen.add(name);
  }
  return values as OptionValues<S>;
}

/** Says what an option's value may be: "an integer from 1 to 9", "one of a, b". */
export function describeValues(spec: OptionSpec): string {
  switch (spec.type) {
    case "boolean":
      return "true or false";
    case "string":
      return "text";
    case "list":
      return `${spec.what}, may be given several times`;
    case "choice":
      return `one of ${spec.values.join(", ")}`;
    case "integer": {
      const { min, max } = spec;
      if (min !== undefined && max !== undefined) return `an integer from ${min} to ${max}`;
      if (min !== undefined) return `an integer of at least ${min}`;
      if (max !== undefined) return `an integer of at most ${max}`;
      return "an integer";
    }
  }
}

function parseValue(name: string, spec: OptionSpec, value: string | boolean): string | number | boolean {
  const wrong = (): UsageError => {
    const what = value === true ? "needs a value" : `cannot be "${value}"`;
    const nearest = spec.type === "choice" && typeof value === "string" ? findNearest(value, spec.values) : undefined;
    return new UsageError(`option "${name}" ${what}: it is ${describeValues(spec)}`, {
      ...(nearest === undefined ? {} : { hint: `did you mean ${nearest}?` }),
    });
  };
  switch (spec.type) {
    case "boolean": {
      if (typeof value === "boolean") return value;
      const word = value.toLowerCase();
      if (TRUE_WORDS.includes(word)) return true;
      if (FALSE_WORDS.includes(word)) return false;
      throw wrong();
    }
    case "string":
    case "list":
      if (typeof value !== "string") throw wrong();
      return value;
    case "choice":
      if (typeof value !== "string" || !spec.values.includes(value)) throw wrong();
      return value;
    case "integer": {
      if (typeof value !== "string" || !/^[+-]?\d+$/.test(value)) throw wrong();
      const number = Number(value);
      const inRange = number >= (spec.min ?? -Infinity) && number <= (spec.max ?? Infinity);
      if (!Number.isSafeInteger(number) || !inRange) throw wrong();
      return number;
    }
  }
}

function unknownOption(
  converter: { readonly name: string; readonly options: OptionsSchema },
  name: string,
): UsageError {
  const names = Object.keys(converter.options);
  if (names.length === 0) return new UsageError(`${converter.name} has no option "${name}": it takes no options`);
  const nearest = findNearest(name, names);
  return new UsageError(`${converter.name} has no option "${name}"; it has ${names.join(", ")}`, {
    ...(nearest === undefined ? {} : { hint: `did you mean ${nearest}?` }),
  });
}
