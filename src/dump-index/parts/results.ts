/**
 * Results: what was computed of a heap and takes longest to compute again: dominators, the owner tree, the paths of
 * owners, containers, tables of types, the report. A heap that was restored gets them in place of computing them, when they are first asked for.
 */
import { computeDominators, type Dominators } from "../../analysis/dominators/dominators.ts";
import type { SizeColumn } from "../../analysis/dominators/retained-size.ts";
import { computeHistogram, type Histogram } from "../../analysis/histogram.ts";
import { computeOwnerWays, type OwnerWays } from "../../analysis/ownership/owner-paths.ts";
import { computeOwnedSizes, computeOwnerTree, type OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { computeOwners, type OwnerColumn } from "../../analysis/ownership/owners.ts";
import { dumpFacts } from "../../findings/dump-facts.ts";
import { computeLargestHolders } from "../../findings/holders/largest-holders.ts";
import { computeFindings } from "../../findings/inspect.ts";
import { computeReport, type Report } from "../../findings/report/report.ts";
import {
  computePackageGroups,
  computeTypeSums,
  type GroupSums,
  type ObjectGroup,
} from "../../findings/top/object-groups.ts";
import type { Heap } from "../../heap/heap.ts";
import { type Analysis, borrowing, giveResult } from "../../heap/memo.ts";
import type { Progress } from "../../progress.ts";
import { computeContainers } from "../../values/values.ts";
import type { IndexReader } from "../file/index-reader.ts";
import type { IndexWriter } from "../file/index-writer.ts";
import { UnusableIndexError } from "../file/unusable-index.ts";
import { seal, unseal } from "../identity.ts";
import { checkBelow } from "./bounds.ts";
import { partToJson, writePart } from "./keep-heap.ts";
import { Part } from "./part-names.ts";
import { once, type RestoredHeap, readPart } from "./restore-heap.ts";

/** Computes them, and writes them. @param secret of the dump: the report has keys of maps, which are contents */
export async function writeResults(
  index: IndexWriter,
  heap: Heap,
  secret: Uint8Array,
  progress: Progress,
): Promise<void> {
  const report = await computeReport(heap, progress);
  const owners = await computeOwnerTree(heap, progress);
  progress.phase("writing the index");
  await index.add(Part.REPORT, seal(JSON.stringify(await partToJson(index, Part.REPORT, report)), secret));
  await writePart(index, Part.SUMS, await computeSums(heap, progress));
  await writeTree(index, "owners", owners.tree);
  await index.add("owners.ownedSize", owners.ownedSize);
  await index.add("owners.owner", owners.owner);
  // Who asks for an object's way has it from the index: here it only takes the room that dominators need.
  await borrowing(computeOwnerWays, heap, async () => {
    const ways = await computeOwnerWays(heap, progress);
    await index.add("ways.parent", ways.parent);
    await index.add("ways.edge", ways.edge);
  });
  await writeTree(index, "dominators", await computeDominators(heap, progress));
  if (heap.types.layouts !== undefined) await index.add("containers", await computeContainers(heap, progress));
}

/** Tables of types and packages: small, and all that some commands need. */
interface Sums {
  readonly histogram: Histogram;
  readonly types: readonly GroupSums[];
  readonly packages: readonly ObjectGroup[];
}

async function computeSums(heap: Heap, progress: Progress): Promise<Sums> {
  return {
    histogram: await computeHistogram(heap, progress),
    types: await computeTypeSums(heap, progress),
    packages: await computePackageGroups(heap, progress),
  };
}

async function writeTree(index: IndexWriter, name: string, { immediateDominator, order }: Dominators): Promise<void> {
  await index.add(`${name}.immediateDominator`, immediateDominator);
  await index.add(`${name}.order`, order);
}

/** Whether a section of an index is of results, which can be computed if it is damaged. */
export function isOfResults(section: string): boolean {
  return /^(report|sums|dominators|owners|containers|ways)(\.|$)/.test(section);
}

/** Gives a restored heap what is known of it. What turns out to be damaged is computed. */
export class KnownResults {
  /** False from when the index was found to be damaged. */
  isUsable = true;
  readonly #onDamage: (error: UnusableIndexError) => void;
  readonly #index: IndexReader;
  readonly #counts: RestoredHeap["counts"];
  readonly #secret: Uint8Array;

  /** @param onDamage told once */
  constructor(
    index: IndexReader,
    counts: RestoredHeap["counts"],
    secret: Uint8Array,
    onDamage: (error: UnusableIndexError) => void,
  ) {
    this.#onDamage = onDamage;
    this.#index = index;
    this.#counts = counts;
    this.#secret = secret;
  }

  giveTo(heap: Heap): void {
    this.#give(computeReport, heap, () => this.#report(heap));
    this.#give(computeFindings, heap, () => this.#report(heap).findings);
    this.#give(computeLargestHolders, heap, () => {
      const { holders, totals } = this.#report(heap);
      return { holders, liveBytes: totals.live.bytes };
    });
    // Who asks for one of these tables mostly asks for another.
    const sums = once(() => this.#sums(heap));
    this.#give(computeHistogram, heap, () => sums().histogram);
    this.#give(computeTypeSums, heap, () => sums().types);
    this.#give(computePackageGroups, heap, () => sums().packages);
    this.#give(computeDominators, heap, () => this.#tree("dominators"));
    this.#give(computeOwnerTree, heap, () => this.#ownerTree());
    // Who asks for one object needs no tree.
    this.#give(computeOwners, heap, () => this.#owners());
    this.#give(computeOwnedSizes, heap, () => this.#ownedSizes());
    this.#give(computeOwnerWays, heap, () => this.#ways(heap.roots.count));
    if (this.#index.has("containers")) this.#give(computeContainers, heap, () => this.#containers());
  }

  #give<T>(analysis: Analysis<T>, heap: Heap, read: () => T): void {
    giveResult(analysis, heap, async () => (this.isUsable ? this.#tryTo(read) : undefined));
  }

  #tryTo<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnusableIndexError)) throw error;
      this.isUsable = false;
      this.#onDamage(error);
      return undefined;
    }
  }

  #report(heap: Heap): Report {
    const text = unseal(this.#index.column(Part.REPORT, "u8"), this.#secret);
    const report = readPart(this.#index, Part.REPORT, text) as Report;
    // The dump may have another name now.
    return { ...report, dump: dumpFacts(heap) };
  }

  #sums({ types }: Heap): Sums {
    const sums = readPart(this.#index, Part.SUMS) as Sums;
    const { objects, bytes, reachableObjects, reachableBytes, byBytes } = sums.histogram;
    const columns = [objects, bytes, reachableObjects, reachableBytes, checkBelow(byBytes, 0, types.count)];
    const areWhole = columns.every(({ length }) => length === types.count);
    if (!areWhole || sums.types.some(({ group }) => group >= types.count))
      throw new UnusableIndexError("it is damaged");
    return sums;
  }

  #tree(name: string): Dominators {
    const { objectCount, rootVertexCount } = this.#counts;
    const vertices = objectCount + rootVertexCount;
    const order = this.#index.column(`${name}.order`, "i32");
    return {
      immediateDominator: checkBelow(this.#index.column(`${name}.immediateDominator`, "i32", vertices), -1, vertices),
      order: checkBelow(order, 0, vertices),
    };
  }

  #ownerTree(): OwnerTree {
    return { tree: this.#tree("owners"), ownedSize: this.#ownedSizes(), owner: this.#owners() };
  }

  #ways(rootCount: number): OwnerWays {
    const { objectCount, rootVertexCount, edgeCount } = this.#counts;
    return {
      parent: checkBelow(this.#index.column("ways.parent", "i32", objectCount), 0, objectCount + rootVertexCount),
      edge: checkBelow(this.#index.column("ways.edge", "i32", objectCount), 0, Math.max(edgeCount, rootCount)),
    };
  }

  #owners(): OwnerColumn {
    const { objectCount, rootVertexCount } = this.#counts;
    return checkBelow(this.#index.columnOf("owners.owner", ["u16", "i32"], objectCount), 0, rootVertexCount);
  }

  #ownedSizes(): SizeColumn {
    const { objectCount, rootVertexCount } = this.#counts;
    return this.#index.columnOf("owners.ownedSize", ["u32", "f64"], objectCount + rootVertexCount);
  }

  #containers(): Int32Array {
    const { objectCount } = this.#counts;
    return checkBelow(this.#index.column("containers", "i32", objectCount), 0, objectCount);
  }
}
