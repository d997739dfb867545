/** Clients that are packages of npm: memlab, VS Code's parser of heap snapshots, speedscope. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const FOLDER = process.env.GOHD_TEST_NODE_CLIENTS;

/** A folder whose `node_modules` has them, which $GOHD_TEST_NODE_CLIENTS names; or undefined. */
export const NODE_CLIENTS = FOLDER && existsSync(join(FOLDER, "node_modules")) ? FOLDER : undefined;

if (NODE_CLIENTS === undefined) console.warn("tests with clients of npm skipped: npm run clients installs them");

/** Loads one of them. */
export function loadClient<T>(name: string): T {
  return createRequire(join(NODE_CLIENTS!, "any.js"))(name) as T;
}

/** The folder of one of them. */
export function clientFolder(name: string): string {
  return join(NODE_CLIENTS!, "node_modules", name);
}

/** Its version; undefined if it is not there. */
export function clientVersion(name: string): string | undefined {
  const path = NODE_CLIENTS === undefined ? "" : join(clientFolder(name), "package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).version : undefined;
}
