/**
 * Other modules: whether the process ran code of files besides the executable, plugins or shared libraries. The dump does
 * not list them, and tells only of the executable's globals; but frames on stacks know their functions' addresses.
 */
import type { FunctionTable, GoProgram } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Biases } from "./executable-types.ts";

/**
 * Names of functions on stacks that lie outside of the executable's text: first those of which it has no copy, which tell
 * most. Linear in the frames.
 */
export function listOtherFunctions(
  { goroutines }: Heap,
  { functions, module }: GoProgram,
  biases: Biases,
): readonly string[] {
  const { frames, names } = goroutines;
  const start = module.text + biases.text;
  const end = module.etext + biases.text;
  const others = new Set<string>();
  for (let i = 0; i < frames.count; i++) {
    const entry = frames.entry[i]!;
    if (entry !== 0 && (entry < start || entry >= end)) others.add(names[frames.function[i]!]!);
  }
  if (others.size === 0) return [];
  const own = findFunctions(functions, [...others]);
  return [...others].sort((a, b) => Number(own.has(a)) - Number(own.has(b)));
}

/** Those of the names that the executable has. Linear in its functions. */
export function findFunctions(functions: FunctionTable, names: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(names);
  const found = new Set<string>();
  for (let i = 0; i < functions.count; i++) {
    const name = functions.name(i);
    if (wanted.has(name)) found.add(name);
  }
  return found;
}
