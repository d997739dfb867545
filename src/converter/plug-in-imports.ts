/**
 * Lets plug-ins import `gohd`, wherever they and gohd are installed, and gives them the one that runs: its errors are told
 * apart by their classes, and its analyses are computed once per heap.
 */
import * as module from "node:module";
import { pathToFileURL } from "node:url";
import { packageFiles } from "./running-package.ts";

/** Specifier to the URL that it means. */
type Meanings = Readonly<Record<string, string>>;

/** What Node calls for every import from now on. */
interface Hooks {
  resolve(specifier: string, context: unknown, next: (specifier: string, context: unknown) => unknown): unknown;
}

/** From Node 22.15 on; covers `require`, too. */
const { registerHooks } = module as { readonly registerHooks?: (hooks: Hooks) => void };

/** The same hook for older ones, which run it in a thread of its own and so want it as a module. */
const HOOK_MODULE = `
  let meanings;
  export async function initialize(data) { meanings = data; }
  export async function resolve(specifier, context, next) {
    const url = Object.hasOwn(meanings, specifier) ? meanings[specifier] : undefined;
    return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
  }`;

let isDone = false;

/** Makes `import "gohd"` mean this gohd. Later calls do nothing. */
export function offerRunningPackage(): void {
  const files = isDone ? undefined : packageFiles();
  isDone = true;
  if (files === undefined) return;
  const meanings: Meanings = Object.fromEntries(
    Object.entries(files).map(([specifier, path]) => [specifier, pathToFileURL(path).href]),
  );
  if (registerHooks === undefined) {
    module.register(`data:text/javascript,${encodeURIComponent(HOOK_MODULE)}`, { data: meanings });
    return;
  }
  registerHooks({
    resolve: (specifier, context, next) =>
      Object.hasOwn(meanings, specifier) ? { url: meanings[specifier], shortCircuit: true } : next(specifier, context),
  });
}
