/**
 * Makes of the page's sources what `--to html` puts into its files: page.js and page.css in dist/converters/report/page/, the
 * libraries and their licences included. Part of `npm run build`; tests make it anew where it is older than the sources.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const SOURCES = dirname(fileURLToPath(import.meta.url));
const PACKAGE = join(SOURCES, "../../..");
const OUTPUT = join(PACKAGE, "dist/converters/report/page");

/** What is bundled, with whatever it needs; their licences go into the bundle. */
const LIBRARIES = ["preact", "d3-hierarchy", "@tanstack/table-core", "@tanstack/store"];

/** Bundles the page. */
export async function bundlePage() {
  const bundle = await rolldown({
    input: join(SOURCES, "main.tsx"),
    platform: "browser",
    // Of what nothing is left in the end.
    external: /^node:/,
    tsconfig: join(SOURCES, "tsconfig.json"),
    // Of gohd's own public door only what is used.
    treeshake: { moduleSideEffects: false },
  });
  const { output } = await bundle.generate({ format: "iife", minify: true, banner: licences() });
  await bundle.close();
  const [{ code, imports }] = output;
  if (imports.length > 0) throw new Error(`the page needs ${imports.join(", ")}, which no browser has`);
  mkdirSync(OUTPUT, { recursive: true });
  write("page.js", code);
  write("page.css", readFileSync(join(SOURCES, "page.css"), "utf8"));
}

/** Whether the bundle is there and no source is younger. */
export function isBundled() {
  const bundle = join(OUTPUT, "page.js");
  if (!existsSync(bundle)) return false;
  const made = statSync(bundle).mtimeMs;
  return readdirSync(SOURCES).every((name) => statSync(join(SOURCES, name)).mtimeMs <= made);
}

/** Two runs at once do not see halves of one another's files. */
function write(name, text) {
  const unfinished = join(OUTPUT, `.${name}.${process.pid}`);
  writeFileSync(unfinished, text);
  renameSync(unfinished, join(OUTPUT, name));
}

function licences() {
  const require = createRequire(import.meta.url);
  const texts = LIBRARIES.map((name) => {
    // The manifest is not always exported, the main file always is.
    let folder = dirname(require.resolve(name));
    while (!existsSync(join(folder, "LICENSE"))) folder = dirname(folder);
    return `${name}\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}`;
  });
  return `/*!\n${texts.join("\n\n--\n\n").replaceAll("*/", "* /")}\n*/`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundlePage();
