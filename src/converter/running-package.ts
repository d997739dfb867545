/** The package that this gohd runs from: where it is, and what its manifest says. It finds itself by its own name. */
import { createRequire } from "node:module";
import { dirname } from "node:path";

const require = createRequire(import.meta.url);

const MANIFEST = "gohd/package.json";

/** The folder of the package. */
export function packageFolder(): string {
  return dirname(require.resolve(MANIFEST));
}

/** What `import "gohd"` and `import "gohd/package.json"` mean, as files; undefined where gohd was not compiled. */
export function packageFiles(): Readonly<Record<string, string>> | undefined {
  try {
    return { gohd: require.resolve("gohd"), [MANIFEST]: require.resolve(MANIFEST) };
  } catch {
    return undefined;
  }
}

/** The packages that gohd can do without, each with the version that it is made for. */
export function optionalPackages(): Readonly<Record<string, string>> {
  return (require(MANIFEST) as { optionalDependencies: Record<string, string> }).optionalDependencies;
}
