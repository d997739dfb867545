/**
 * Votes: by how much the parts of a file lie elsewhere in the dumped process. Whatever the dump knows by name and address
 * (functions on stacks, types of interfaces) and the file too, votes for the difference. Names that stand for several
 * things have no vote, but must agree in the end.
 */
import type { TypeTable } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";

export interface Vote {
  /** Run-time minus link-time address. */
  readonly bias: number;
  /** Names that agree with it. */
  readonly agreeing: number;
  /** Names that the file has, too. */
  readonly known: number;
  /** Names that the dump has. */
  readonly total: number;
}

/** Functions of a file, by a dense index. */
export interface FunctionNames {
  readonly count: number;
  /** Link-time address of the first instruction. */
  readonly entry: ArrayLike<number>;
  name(index: number): string;
}

/**
 * The bias of functions: frames know their function's name and entry.
 * @param expected the bias that is taken if nothing votes
 */
export function voteForText(heap: Heap, functions: FunctionNames, expected: number): Vote {
  const { frames, names } = heap.goroutines;
  const seen = new Map<number, string>();
  for (let i = 0; i < frames.count; i++) seen.set(frames.entry[i]!, names[frames.function[i]!]!);
  const wanted = new Set(seen.values());
  const entries = new Map<string, number[]>();
  for (let i = 0; i < functions.count; i++) {
    const name = functions.name(i);
    if (wanted.has(name)) addTo(entries, name, functions.entry[i]!);
  }
  return count(seen, entries, expected);
}

/**
 * The bias of type descriptors: type records with a full name know their address.
 * @param expected the bias that is taken if nothing votes
 */
export function voteForTypes(heap: Heap, table: TypeTable, expected: number): Vote {
  const records = (heap.dynamicTypes?.types ?? []).filter(({ name }) => name !== undefined && !name.endsWith("."));
  const total = records.length;
  if (total === 0) return { bias: expected, agreeing: 0, known: 0, total };
  let agreeing = 0;
  let known = 0;
  for (const { address, name, size } of records) {
    const type = table.typeAt(address - expected);
    // Types made at run time have no descriptor in the file.
    if (type === undefined) continue;
    known++;
    if (type.size === size && type.name === name) agreeing++;
  }
  if (agreeing > 0) return { bias: expected, agreeing, known, total };
  const seen = new Map(records.map(({ address, name, size }) => [address, `${name} ${size}`]));
  const linked = new Map<string, number[]>();
  const length = table.enumerate();
  for (let i = 0; i < length; i++) {
    const { name, size, address } = table.at(i);
    addTo(linked, `${name} ${size}`, address);
  }
  return count(seen, linked, expected);
}

function addTo(lists: Map<string, number[]>, name: string, address: number): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [address]);
  else list.push(address);
}

/** Takes the most frequent difference; the expected one where as many are for it. */
function count(seen: ReadonlyMap<number, string>, linked: ReadonlyMap<string, number[]>, expected: number): Vote {
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
  let known = 0;
  let agreeing = 0;
  for (const [address, name] of seen) {
    const list = linked.get(name);
    if (list === undefined) continue;
    known++;
    if (list.includes(address - bias)) agreeing++;
  }
  return { bias, agreeing, known, total: seen.size };
}
