/** The import graph of the sources: who imports whom, types included, and the circles in it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

export interface Import {
  readonly from: string;
  readonly to: string;
}

/** TypeScript files below `folder`, paths relative to the project. */
export function listFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(folder, path).replaceAll(sep, "/"));
}

export function readText(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** A file's code without its comments. */
export function readCode(file: string): string {
  return readText(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
}

/** Static and dynamic imports and re-exports of a file, paths relative to the project. */
export function findImports(file: string, text: string): Import[] {
  const pattern = /^\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...text.matchAll(pattern)].map(([, from, bare, dynamic]) => {
    const to = (from ?? bare ?? dynamic)!;
    return { from: file, to: to.startsWith(".") ? normalize(join(dirname(file), to)).replaceAll(sep, "/") : to };
  });
}

/** The circles of a graph: each a sorted list of files of which each leads to all the others. Tarjan's algorithm. */
export function findCircles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string) => {
    const number = order.size;
    order.set(file, number);
    lowest.set(file, number);
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
    }
    if (lowest.get(file) !== number) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || targets.get(file)?.includes(file)) circles.push(circle.sort());
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return circles;
}
