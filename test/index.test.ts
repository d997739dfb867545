/** The public door's exports as a golden file: whoever changes what plug-ins rely on sees it, and says so. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const DOOR = join(ROOT, "src/index.ts");
const GOLDEN = join(import.meta.dirname, "golden/api.txt");

/** The exports of the public door, without the names that they have only there. */
function readExports() {
  const config = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram([DOOR], options);
  const checker = program.getTypeChecker();
  const door = checker.getSymbolAtLocation(program.getSourceFile(DOOR)!)!;
  const symbols = checker.getExportsOfModule(door).map((symbol) => ({
    symbol,
    target: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  }));
  return { program, checker, symbols };
}

const { program, checker, symbols } = readExports();

/** One line an export: its kind, its name, and a value's type. Shapes of interfaces are left to their own files. */
function describeExports(): string {
  const lines = symbols.map(({ symbol, target }) => {
    if (target.flags & ts.SymbolFlags.Class) return `class ${symbol.name}`;
    if (!(target.flags & ts.SymbolFlags.Value)) return `type ${symbol.name}`;
    const type = checker.getTypeOfSymbol(target);
    return `${target.flags & ts.SymbolFlags.Function ? "function" : "const"} ${symbol.name}: ${checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)}`;
  });
  return `${lines.sort().join("\n")}\n`;
}

test("exports what golden/api.txt lists", { timeout: 60_000 }, () => {
  const found = describeExports();
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(GOLDEN), { recursive: true });
    writeFileSync(GOLDEN, found);
  }
  expect(found).toBe(readFileSync(GOLDEN, "utf8"));
});

test("documents every export", () => {
  const bare = symbols.filter(({ target }) => target.getDocumentationComment(checker).length === 0);
  expect(bare.map(({ symbol }) => symbol.name)).toEqual([]);
});

test("its declarations do without those of node", { timeout: 60_000 }, () => {
  const declarations = new Map<string, string>();
  program.emit(undefined, (path, text) => declarations.set(path, text), undefined, true);
  const nameOf = (source: string): string =>
    [...declarations.keys()].find((path) =>
      path.endsWith(source.replace(/\.ts$/, ".d.ts").replace(/^.*(?=\/src\/)/, "")),
    )!;
  const waiting = [nameOf("/src/index.ts")];
  const seen = new Set(waiting);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const text = declarations.get(at)!;
    expect(text.replaceAll(/\/\*.*?\*\//gs, ""), at).not.toMatch(/"node:|\bNodeJS\b|\bBuffer\b/);
    for (const [, path] of text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
      const next = nameOf(join(dirname(at), path!));
      expect(next, `${at}: ${path}`).toBeDefined();
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
  expect(seen.size).toBeGreaterThan(50);
});
