/**
 * Matching where the dump ends before its data and bss, which would settle it: whatever evidence there is decides. Functions
 * on stacks, type records and the Go version speak for a file or against it; where it was loaded follows from them unless
 * it is a program that runs where it was linked.
 */
import { type Executable, findModules, type GoProgram, openProgram } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Biases } from "./executable-types.ts";
import { type Vote, voteForText, voteForTypes } from "./votes.ts";

/** What a dump without its globals says of a file. */
export interface PartialMatch {
  readonly program: GoProgram;
  readonly biases: Biases;
  /** False where nothing tells by how much the file's addresses are moved; then the biases are no more than 0. */
  readonly isLocated: boolean;
  /** Each has one name that says nothing if the biases are none but what the names vote for: any bias suits one of them. */
  readonly isVoted: boolean;
  readonly text: Vote;
  readonly types: Vote;
}

/** Whether a dump ends before its globals: one that is complete and has none was never Go's own. */
export function isCutBeforeGlobals({ dump, segments }: Heap): boolean {
  const has = (wanted: string): boolean => segments.some(({ kind }) => kind === wanted);
  return !dump.complete && !(has("data") && has("bss"));
}

/**
 * Collects the evidence. Linear in the file's functions and types.
 * @param minor the N of Go 1.N if it is known
 * @returns undefined if the file has no Go tables
 */
export function matchPartially(heap: Heap, executable: Executable, minor?: number): PartialMatch | undefined {
  const data = heap.segments.find(({ kind }) => kind === "data");
  const modules = findModules(executable, minor);
  const module = modules.find((each) => data !== undefined && each.edata - each.data === data.size) ?? modules[0];
  if (module === undefined) return undefined;
  const program = openProgram(executable, minor === undefined ? { module } : { module, goMinor: minor });
  // Nothing is at NaN: it agrees with no address, and any other bias has more votes.
  let slide = Number.NaN;
  if (data !== undefined) slide = data.address - module.data;
  else if (executable.type === "exec") slide = 0;
  const text = voteForText(heap, program.functions, slide);
  const types = voteForTypes(heap, program.types, Number.isNaN(slide) ? text.bias : slide);
  const known = [slide, text.bias, types.bias].find((bias) => !Number.isNaN(bias));
  const or = (bias: number): number => (Number.isNaN(bias) ? (known ?? 0) : bias);
  return {
    program,
    biases: { data: or(slide), text: or(text.bias), types: or(types.bias) },
    isLocated: known !== undefined,
    isVoted: Number.isNaN(slide),
    text,
    types,
  };
}
