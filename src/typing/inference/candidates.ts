/** Candidates: the types that objects of one shape may be, and how well they did so far. */

import type { TypeNode } from "../universe/type-node.ts";
import type { Agreement } from "./agreement.ts";
import { CandidateTree } from "./candidate-tree.ts";

/** Elements of an array that are looked at. */
export const MAX_ELEMENTS = 16;

/** A round over so many objects of a shape gives up the candidates that none of them agrees with, … */
const PRUNE_AFTER = 64;
/** … and after one over so many, if hardly any was settled, only one of so many is tried. */
const SAMPLE_AFTER = 1024;
export const SAMPLE_EVERY = 16;

export interface Candidate {
  readonly node: TypeNode;
  /** Values of it in an object of the shape. */
  readonly repeat: number;
  /** Objects that do not contradict it. */
  agreed: number;
  /** Those of them that agreed as well with a larger type, but are zero behind this one. */
  zeroTails: number;
}

export class Candidates {
  list: readonly Candidate[];
  /** How many there were before any was given up. */
  readonly total: number;
  /** In this round. */
  tried = 0;
  settled = 0;
  isHopeless = false;
  #tree: CandidateTree | undefined;

  /** @param nodes the types, each with how many values of it an object of the shape has */
  constructor(nodes: readonly (readonly [node: TypeNode, repeat: number])[]) {
    this.list = nodes.map(([node, repeat]) => ({ node, repeat, agreed: 0, zeroTails: 0 }));
    this.total = this.list.length;
  }

  /** What tries all of `list` at once. */
  tree(agreement: Agreement): CandidateTree {
    this.#tree ??= new CandidateTree(
      this.list.map(({ node, repeat }) => ({
        checks: agreement.checksOf(node),
        count: Math.min(repeat, MAX_ELEMENTS),
        stride: node.size,
      })),
    );
    return this.#tree;
  }

  endRound(): void {
    const { tried, settled } = this;
    if (tried >= PRUNE_AFTER) this.#prune();
    if (tried >= SAMPLE_AFTER) this.isHopeless = settled * SAMPLE_EVERY < tried;
    this.tried = 0;
    this.settled = 0;
  }

  #prune(): void {
    const kept = this.list.filter(({ agreed }) => agreed > 0);
    if (kept.length === this.list.length) return;
    this.list = kept;
    this.#tree = undefined;
  }
}
