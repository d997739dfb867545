/** What `--to html`, `markdown` and `json` have in common: they are files that get sent around. */
import type { Holdings, OptionSpec } from "../../src/index.ts";

export const CONTENTS = {
  type: "boolean",
  default: false,
  description: "tell entries of maps apart by their keys, which may be secrets",
} as const satisfies OptionSpec;

export const REPORT_HOLDINGS: Holdings = {
  addresses: true,
  contents: [{ what: "keys of maps", option: "contents" }],
};
