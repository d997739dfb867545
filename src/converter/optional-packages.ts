/** What is said where a package is missing that gohd can do without. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConverterError } from "../errors.ts";
import { optionalPackages, packageFolder } from "./running-package.ts";

/** Whether `error` says that the package `name` is not there; its own dependencies may be missing, which is something else. */
export function isNotInstalled(error: unknown, name: string): boolean {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  return code === "ERR_MODULE_NOT_FOUND" && message.includes(`Cannot find package '${name}'`);
}

/**
 * Makes the error for packages that are not installed: says which to install, in the versions that fit, and where.
 * @param need what is not to be had without: "--to svg needs it"
 */
export function missingPackages(need: string, names: readonly string[], cause: unknown): ConverterError {
  const versions = optionalPackages();
  const wanted = names.map((name) => (versions[name] === undefined ? name : `${name}@${versions[name]}`));
  const install = installCommand(packageFolder(), wanted.join(" "));
  return new ConverterError(`${names[0]} is not installed: ${need}`, {
    cause,
    hint: `${install} installs it; every other command and format works without it`,
  });
}

/** Installs packages where a gohd in `folder` finds them: beside it, in its project or among the global ones. */
function installCommand(folder: string, packages: string): string {
  const around = dirname(folder);
  if (basename(around) !== "node_modules") return `npm ci, in ${folder},`;
  const project = dirname(around);
  return existsSync(join(project, "package.json"))
    ? `npm install --prefix ${project} ${packages}`
    : `npm install --global ${packages}`;
}
