/** What the converter takes, and what its files hold. */
import type { Holdings } from "../../src/index.ts";

export const OPTIONS = {
  unreachable: {
    type: "boolean",
    default: true,
    description: "write garbage, under a class (unreachable)",
    off: "leave out garbage, which no GC root leads to",
  },
  contents: {
    type: "boolean",
    default: true,
    description: "write numbers, bytes and the texts of strings",
    off: "write zeros for numbers, bytes and texts, which may be secrets",
  },
  "whole-texts": {
    type: "boolean",
    default: false,
    description: "write all of each text, even if its object becomes larger than in Go",
  },
} as const;

export const HOLDINGS: Holdings = {
  addresses: true,
  contents: [
    { what: "numbers and bytes in all objects", option: "contents" },
    { what: "texts of strings", option: "contents" },
  ],
};
