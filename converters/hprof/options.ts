/** What the converter takes, and what its files hold. */
import type { Holdings } from "../../src/index.ts";

export const OPTIONS = {
  unreachable: {
    type: "boolean",
    default: true,
    description: "write objects that no GC root leads to, under a class (unreachable)",
    off: "leave out objects that no GC root leads to",
  },
  contents: {
    type: "boolean",
    default: true,
    description: "write numbers, bytes and the texts of strings",
    off: "write zeros for numbers, bytes and the texts of strings, which may be secrets",
  },
  "whole-texts": {
    type: "boolean",
    default: false,
    description: "write texts whole that leave no room for Java's header; their objects are then larger than in Go",
  },
} as const;

export const HOLDINGS: Holdings = {
  addresses: true,
  contents: [
    { what: "texts of strings", option: "contents" },
    { what: "numbers and bytes in all objects", option: "contents" },
  ],
};
