/** gohd as npm installs it for everybody on a machine: compiled, among the global packages, with its dependencies inside. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

export interface InstalledGohd {
  /** The folder of the global packages. */
  readonly packages: string;
  /** What `gohd` runs. */
  readonly main: string;
  /** Takes a dependency away, as if gohd had been installed without it. */
  uninstall(name: string): void;
  remove(): void;
}

/** Compiles gohd and puts it there. Takes some five seconds. */
export function installGohd(): InstalledGohd {
  const prefix = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-install-")));
  const packages = join(prefix, "lib/node_modules");
  const folder = join(packages, "gohd");
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const quick = ["--noCheck", "--declaration", "false", "--sourceMap", "false"];
  execFileSync(process.execPath, [compiler, "-p", ROOT, "--outDir", join(folder, "dist"), ...quick]);
  cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const toPath = (name: string): string => join(folder, "node_modules", name);
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    mkdirSync(dirname(toPath(name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), toPath(name));
  }
  return {
    packages,
    main: join(folder, "dist/src/cli/main.js"),
    uninstall: (name) => rmSync(toPath(name)),
    remove: () => rmSync(prefix, { recursive: true, force: true }),
  };
}

/** Puts a package with one module into a folder of packages. */
export function addPackage(packages: string, name: string, source: string): void {
  const folder = join(packages, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, type: "module", exports: "./index.js" }));
  writeFileSync(join(folder, "index.js"), source);
}
