/**
 * StaticNames: what values in data and bss are called that no symbol names, or none of the program's. The compiler's static temporaries are reached
 * from package variables only, and are called by the way to them: what `main.pools` points to is `*main.pools`, the array
 * of a slice is `main.table[:]`.
 */

import type { SegmentWords } from "../evidence/segment-words.ts";
import { NO_WORD, type StaticValue, type StaticValues } from "../spread/static-values.ts";
import { fieldPath, joinPath } from "./field-names.ts";
import { isTemporary, type Variable, type VariableTable } from "./variable-table.ts";

/** Longer ways make no name. */
const MAX_STEPS = 16;

export class StaticNames {
  readonly #words: SegmentWords;
  readonly #variables: VariableTable;
  readonly #statics: StaticValues;
  readonly #temporaries = new Map<StaticValue, Variable>();

  constructor(words: SegmentWords, variables: VariableTable, statics: StaticValues) {
    this.#words = words;
    this.#variables = variables;
    this.#statics = statics;
  }

  /** The value without a symbol that covers a run-time address, as a variable; undefined if the way to it is not known. */
  temporaryAt(address: number): Variable | undefined {
    // To a list or pool inside a value only its own nodes, or the runtime, may lead: then the whole value has the name.
    const value = this.#statics.covering(address, (each) => this.#wayTo(each, 0) !== undefined);
    if (value === undefined) return undefined;
    let variable = this.#temporaries.get(value);
    if (variable === undefined) {
      const way = this.#wayTo(value, 0)!;
      const { address, count, node } = value;
      const isArray = count > 1;
      variable = {
        name: isArray ? `${way}[:]` : `*${way}`,
        address,
        size: count * node.size,
        type: undefined,
        typeName: isArray ? `[${count}]${node.name}` : node.name,
      };
      this.#temporaries.set(value, variable);
    }
    return variable;
  }

  /** Path of the word at an address inside its variable, or temporary; undefined if the type there is not known. */
  pathIn({ address: start, size, type }: Variable, address: number): string | undefined {
    const offset = address - start;
    let path: string | undefined;
    if (type !== undefined) {
      path = fieldPath(type, offset);
    } else {
      const value = this.#statics.at(start);
      if (value !== undefined) path = pathInside(value, offset, size);
    }
    return path?.includes("+0x") === true ? undefined : path;
  }

  /** The path of the pointer by which a value was found. */
  #wayTo({ via }: StaticValue, steps: number): string | undefined {
    if (via === NO_WORD || steps > MAX_STEPS) return undefined;
    const address = this.#words.address[via]!;
    const variable = this.#variables.find(address);
    if (variable !== undefined && !isTemporary(variable)) {
      const path = this.pathIn(variable, address);
      return path === undefined ? undefined : joinPath(variable.name, path);
    }
    const value = this.#statics.covering(address);
    const way = value === undefined ? undefined : this.#wayTo(value, steps + 1);
    if (value === undefined || way === undefined) return undefined;
    const path = pathInside(value, address - value.address, value.count * value.node.size);
    return path === undefined || path.includes("+0x") ? undefined : joinPath(way, path);
  }
}

/** Path of the word at `offset` of values that are `size` bytes together: "next", "[3].key". */
function pathInside({ node }: StaticValue, offset: number, size: number): string | undefined {
  if (node.type === undefined) return undefined;
  if (size < 2 * node.size) return fieldPath(node.type, offset);
  const index = Math.floor(offset / node.size);
  return joinPath(`[${index}]`, fieldPath(node.type, offset - index * node.size));
}
