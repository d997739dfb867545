/** The options of `--to dot` and `--to svg`, and what their texts mean. */
import type { Holdings, OptionValues } from "../../src/index.ts";
import { UsageError } from "../../src/index.ts";

/** Nodes at the most: the references between so many nodes fit a table. */
const MOST_NODES = 1000;

/** What pictures hold of the process's memory. */
export const PICTURE_HOLDINGS: Holdings = {
  addresses: true,
  contents: [{ what: "keys of maps in references", option: "contents" }],
};

/** Schema of the options. */
export const DOT_OPTIONS = {
  graph: {
    type: "choice",
    values: ["owners", "dominators", "references", "types"],
    default: "owners",
    description:
      "what to draw: who owns what, as in gohd report; what alone keeps what alive; what refers to --focus; or how types refer to one another",
  },
  focus: {
    type: "string",
    default: "",
    description:
      "draw only this and what is around it: an address (0xc000012340), or the name, or a part of it, of a type, variable or function on a stack",
  },
  direction: {
    type: "choice",
    values: ["owners", "owned"],
    default: "owners",
    description: "with --graph references: what refers to the focus (owners), or what it refers to (owned)",
  },
  depth: {
    type: "integer",
    default: 0,
    min: 0,
    description: "with --graph references: steps from the focus, 0 for 5; else levels below the heap, 0 for all",
  },
  contents: {
    type: "boolean",
    default: true,
    description: "show the keys of maps in references",
    off: "leave out the keys of maps, which may be secrets",
  },
  internals: {
    type: "boolean",
    default: false,
    description: "with --graph owners: draw what maps, channels and lists are made of",
  },
  "min-retained": {
    type: "string",
    default: "auto",
    description:
      "leave out what retains (with --graph owners, owns) less: bytes (4096, 512K, 1.5MiB) or a share of the heap (2%); auto is 0.5% for owners and dominators, 1% for types, 0 for references",
  },
  "max-nodes": {
    type: "integer",
    default: 50,
    min: 3,
    max: MOST_NODES,
    description: "draw at most this many nodes, the largest ones",
  },
} as const;

/** Their checked values. */
export type DotOptions = OptionValues<typeof DOT_OPTIONS>;

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/**
 * Bytes that `--min-retained` asks for, of a heap of `bytes`; `fallback` (a share) for "auto".
 * @throws UsageError if it is neither bytes nor a share
 */
export function parseMinimum(text: string, bytes: number, fallback: number): number {
  if (text === "auto") return bytes * fallback;
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(%|([KMGT]?)(?:i?B)?)$/i.exec(text.trim());
  const number = Number(match?.[1]);
  if (!match || (match[2] === "%" && number > 100)) {
    throw new UsageError(`option "min-retained" cannot be "${text}": it is bytes or a share of the heap`, {
      hint: "for example --min-retained 512K, --min-retained 2%",
    });
  }
  return match[2] === "%" ? (bytes * number) / 100 : number * UNITS[match[3]!.toUpperCase()]!;
}
