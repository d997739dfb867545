/** Which gohd this is. Who asks for that alone gets it without the parser, which takes as long to load as Node itself. */
import { createRequire } from "node:module";

/** Whether a command line asks for the version and nothing else. */
export function asksForVersion(args: readonly string[]): boolean {
  return args.length === 1 && (args[0] === "--version" || args[0] === "-v");
}

/** The version, as package.json has it. */
export function readVersion(): string {
  // By name, because this file is one folder deeper once it is compiled.
  return (createRequire(import.meta.url)("gohd/package.json") as { version: string }).version;
}
