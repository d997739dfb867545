/**
 * The document of `--to html`: one file, with a policy that lets nothing in: only the script and the style that are in it run, there
 * is no connection to anywhere, and no text may become markup. Whatever comes from a dump is JSON in an element that browsers
 * neither run nor parse.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConverterError, showName } from "../../src/index.ts";
import type { PageData } from "./page-data.ts";

/** The page's script and style, as `npm run build` makes them. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
}

/** Where they are: beside this file, or, if gohd runs from its sources, where the build puts them. */
const FOLDERS = ["./page/", "../../dist/converters/report/page/"];

/** Reads the page's files. @throws ConverterError where gohd was not built */
export function readPageFiles(): PageFiles {
  for (const folder of FOLDERS) {
    const read = (name: string): string => readFileSync(new URL(folder + name, import.meta.url), "utf8");
    try {
      return { script: read("page.js"), style: read("page.css") };
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOENT") throw error;
    }
  }
  throw new ConverterError("the page was not built", { hint: "npm run build makes it" });
}

/** Writes the document. */
export function writeDocument(data: PageData, { script, style }: PageFiles): string {
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="gohd">
<title>${escapeMarkup(showName(data.dump.name))}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page is drawn by the script in it. Where scripts may not run, gohd report says the same as text.</noscript>
<div id="page"></div>
<script type="application/json" id="data">${toInertJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** JSON in which nothing can end the element that it is in, or begin another. */
function toInertJson(data: PageData): string {
  return JSON.stringify(data)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}
