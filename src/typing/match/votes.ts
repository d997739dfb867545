/**
 * Votes: by how much the parts of a file lie elsewhere in the dumped process. Whatever the dump knows by name and address
 * (functions on stacks, types of interfaces) and the file too, votes for the difference. Names that stand for several
 * things have no vote, but must agree in the end. What lies outside of the file's part is of other files that the process
 * loaded, a plugin or a shared library, and says nothing of this one.
 */
import { dumpedTypeName, isDumpedName, type TypeTable } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Part } from "./file-layout.ts";

export interface Vote {
  /** Run-time minus link-time address. */
  readonly bias: number;
  /** Names that agree with it. */
  readonly agreeing: number;
  /** Names that the file has, too. */
  readonly known: number;
  /** Names that the dump has. */
  readonly total: number;
  /** Names of what lies outside of the file's part; not in the total. */
  readonly elsewhere: number;
}

/** Functions of a file, by a dense index. */
export interface FunctionNames {
  readonly count: number;
  /** Link-time address of the first instruction. */
  readonly entry: ArrayLike<number>;
  name(index: number): string;
}

/** From so many names on, one that disagrees is weighed against the rest; among fewer it decides. */
const ENOUGH_TO_WEIGH = 20;
/** Share of the names that may disagree. */
const TOLERATED = 0.01;

/**
 * Whether what was compared speaks for the file: none disagrees, or so few that the many which agree outweigh them. Who
 * uses the file has to be told of those.
 */
export function isClean({ agreeing, known }: Vote): boolean {
  const disagreeing = known - agreeing;
  return disagreeing === 0 || (known >= ENOUGH_TO_WEIGH && disagreeing <= Math.max(1, TOLERATED * known));
}

/**
 * The bias of functions: frames know their function's name and entry.
 * @param expected the bias that is taken if nothing votes
 * @param text link-time place of the file's functions; undefined if functions elsewhere speak against the file
 */
export function voteForText(heap: Heap, functions: FunctionNames, expected: number, text?: Part): Vote {
  const { frames, names } = heap.goroutines;
  const seen = new Map<number, string>();
  for (let i = 0; i < frames.count; i++) seen.set(frames.entry[i]!, names[frames.function[i]!]!);
  const wanted = new Set(seen.values());
  const entries = new Map<string, number[]>();
  for (let i = 0; i < functions.count; i++) {
    const name = functions.name(i);
    if (wanted.has(name)) addTo(entries, name, functions.entry[i]!);
  }
  return count(seen, entries, expected, text);
}

/**
 * The bias of type descriptors: type records with a full name know their address.
 * @param expected the bias that is taken if nothing votes
 * @param part link-time place of the file's descriptors; undefined if types elsewhere speak against the file
 */
export function voteForTypes(heap: Heap, table: TypeTable, expected: number, part?: Part): Vote {
  const records = (heap.dynamicTypes?.types ?? []).filter(({ name }) => name !== undefined && !name.endsWith("."));
  let agreeing = 0;
  let known = 0;
  let elsewhere = 0;
  for (const { address, name, size } of records) {
    if (isElsewhere(address - expected, part)) {
      elsewhere++;
      continue;
    }
    const type = table.typeAt(address - expected);
    // Types made at run time have no descriptor in the file; but they do not lie where the file's are, either.
    if (type === undefined && part === undefined) continue;
    known++;
    if (type !== undefined && type.size === size && isDumpedName(name!, type)) agreeing++;
  }
  const vote = { bias: expected, agreeing, known, total: records.length - elsewhere, elsewhere };
  if (agreeing > 0 || records.length === 0) return vote;
  const seen = new Map(records.map(({ address, name, size }) => [address, `${name} ${size}`]));
  const linked = new Map<string, number[]>();
  const length = table.enumerate();
  for (let i = 0; i < length; i++) {
    const type = table.at(i);
    addTo(linked, `${dumpedTypeName(type)} ${type.size}`, type.address);
  }
  const other = count(seen, linked, expected, part);
  return other.agreeing > 0 ? other : vote;
}

function addTo(lists: Map<string, number[]>, name: string, address: number): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [address]);
  else list.push(address);
}

function isElsewhere(linked: number, part: Part | undefined): boolean {
  return part !== undefined && !(linked >= part.address && linked < part.address + part.size);
}

/**
 * Takes the most frequent difference; the expected one where as many are for it, or as large a share of what then lies in
 * the file: a plugin has copies of functions, and there may be more of those.
 */
function count(
  seen: ReadonlyMap<number, string>,
  linked: ReadonlyMap<string, number[]>,
  expected: number,
  part: Part | undefined,
): Vote {
  const counts = new Map<number, number>();
  for (const [address, name] of seen) {
    const list = linked.get(name);
    if (list?.length !== 1) continue;
    const bias = address - list[0]!;
    counts.set(bias, (counts.get(bias) ?? 0) + 1);
  }
  let bias = expected;
  let votes = counts.get(expected) ?? 0;
  for (const [candidate, number] of counts) {
    if (number <= votes) continue;
    bias = candidate;
    votes = number;
  }
  const first = tally(seen, linked, expected, part);
  if (bias === expected) return first;
  const most = tally(seen, linked, bias, part);
  return first.agreeing > 0 && first.agreeing * most.total >= most.agreeing * first.total ? first : most;
}

/** What agrees with one bias. */
function tally(
  seen: ReadonlyMap<number, string>,
  linked: ReadonlyMap<string, number[]>,
  bias: number,
  part: Part | undefined,
): Vote {
  let known = 0;
  let agreeing = 0;
  let elsewhere = 0;
  for (const [address, name] of seen) {
    if (isElsewhere(address - bias, part)) {
      elsewhere++;
      continue;
    }
    const list = linked.get(name);
    if (list === undefined) continue;
    known++;
    if (list.includes(address - bias)) agreeing++;
  }
  return { bias, agreeing, known, total: seen.size - elsewhere, elsewhere };
}
