/** Partitions: `key=value` folders as Hive has them, by which readers tell the files of many dumps apart. */
import { UsageError } from "../../src/index.ts";
import { TABLES } from "./tables/tables.ts";

/** What Hive writes as %XX: what means something in paths or to readers of them. */
const ESCAPED = /[\x00-\x1f"#%'*/:=?\\\x7f{}[\]^<>|]/g;

/**
 * Turns `key=value` pairs into the folders of a table's file, the first outermost: "host=web1/time=12%3A00/".
 * @throws UsageError for what is no pair, a key twice, and a key that some table has for a column
 */
export function toPartitionPath(pairs: readonly string[]): string {
  const keys = new Set<string>();
  const folders = pairs.map((pair) => {
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
      throw new UsageError(`"${pair}" is no partition`, {
        hint: "write --partition key=value; keys are letters, digits and underscores",
      });
    }
    if (value === "" || value === undefined) throw new UsageError(`the partition "${pair}" has no value`);
    const name = key.toLowerCase();
    if (keys.has(name)) throw new UsageError(`the partition "${key}" is given twice`);
    keys.add(name);
    const table = TABLES.find(({ columns }) => columns.some((column) => column.name === name));
    if (table) throw new UsageError(`"${key}" is a column of ${table.name} already`, { hint: "choose another key" });
    // A folder of dots would lead elsewhere.
    const escaped = value.replace(/^\.+$/, (dots) => dots.replaceAll(".", "%2E"));
    return `${key}=${escaped === value ? value.replace(ESCAPED, escapeCharacter) : escaped}/`;
  });
  return folders.join("");
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
