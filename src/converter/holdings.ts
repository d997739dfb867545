/** What a converter's output holds of the dumped process, in words. */
import type { Converter, HeldContents, OptionSpec } from "./converter.ts";

/**
 * Says what an output holds, and which options change that: "names and addresses; texts of strings (--no-contents leaves
 * them out)". Undefined if the converter does not tell.
 */
export function describeHoldings({ holds, options }: Pick<Converter, "holds" | "options">): string | undefined {
  if (holds === undefined) return undefined;
  const names = holds.addresses ? "names and addresses" : "names";
  if (holds.contents.length === 0) return `${names}; no contents of memory`;
  return [names, ...groupByOption(holds.contents).map((group) => describeGroup(group, options))].join("; ");
}

function describeGroup(group: readonly HeldContents[], options: Readonly<Record<string, OptionSpec>>): string {
  const what = group.map((held) => held.what).join(" and ");
  const { option } = group[0]!;
  if (option === undefined) return what;
  return options[option]?.default === true ? `${what}, which --no-${option} leaves out` : `with --${option} ${what}`;
}

function groupByOption(contents: readonly HeldContents[]): readonly (readonly HeldContents[])[] {
  const groups = new Map<string | undefined, HeldContents[]>();
  for (const held of contents) groups.set(held.option, [...(groups.get(held.option) ?? []), held]);
  return [...groups.values()];
}
