/**
 * Targets: what a pointer of a known kind says of the object that it leads to. Whoever follows pointers, of objects, of
 * values in data and bss, of stack frames, says it here; whether it is taken is the matter of `claims.ts`.
 */
import { type Claims, NOWHERE } from "../decision/claims.ts";
import { Form } from "../decision/form.ts";
import type { ClosureTypes } from "../evidence/closures.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import { LeafKind } from "../universe/leaves.ts";
import { Width } from "../universe/runtime-fields.ts";
import type { TypeNode } from "../universe/type-node.ts";
import { MAP_PARTS, type TypeUniverse } from "../universe/type-universe.ts";

export class Targets {
  readonly claims: Claims;

  readonly #universe: TypeUniverse;
  readonly #contents: ContentsReader;
  readonly #closures: ClosureTypes;
  /** Go ≥ 1.24: offset of the length of a map's directory; undefined if it is not known. */
  readonly #directoryLength: number | undefined;

  constructor(claims: Claims, universe: TypeUniverse, contents: ContentsReader, closures: ClosureTypes) {
    this.claims = claims;
    this.#universe = universe;
    this.#contents = contents;
    this.#closures = closures;
    const map = universe.named("internal/runtime/maps.Map")?.type;
    this.#directoryLength = universe.runtime.find(map, { dirLen: Width.WORD }, MAP_PARTS)?.dirLen.offset;
  }

  /**
   * Says what a pointer of a known kind tells of its target.
   * @param inside bytes from the beginning of the target's value to where the pointer leads
   * @param kind LeafKind of the pointer; `elem` is what it points to
   * @param source TypeSource of what follows from it
   * @param capacityAt where in the dump a slice's capacity is, or NOWHERE
   */
  add(
    target: number,
    inside: number,
    kind: number,
    elem: TypeNode | undefined,
    source: number,
    capacityAt = NOWHERE,
  ): void {
    let node = elem;
    let form: number = Form.WHOLE;
    if (kind === LeafKind.POINTER) form = Form.POINTER;
    else if (kind === LeafKind.SLICE) form = Form.SLICE;
    else if (kind === LeafKind.STRING) {
      node = this.#universe.stringData;
      form = Form.SLICE;
    } else if (kind === LeafKind.ARRAY) form = Form.ALL;
    else if (kind === LeafKind.TRIE_NODE) node = inside === 0 ? this.#trieNode(target, elem!) : undefined;
    else node = this.#structure(target, inside, kind, elem);
    if (node !== undefined) this.claims.add(target, inside, node, form, source, capacityAt);
  }

  /** What of the runtime's own a word of a kind leads to. */
  #structure(target: number, inside: number, kind: number, elem: TypeNode | undefined): TypeNode | undefined {
    if (kind === LeafKind.MAP) return this.#universe.mapHeader(elem!);
    if (kind === LeafKind.CHANNEL) return this.#universe.channel(elem!);
    return kind === LeafKind.FUNC && inside === 0 ? this.#closures.typeOf(target) : undefined;
  }

  /** Says that an interface with a dynamic type has its data word pointing there. */
  addInterface(target: number, inside: number, dynamic: TypeNode, source: number): void {
    if (dynamic.type === undefined) return;
    if (!dynamic.type.isDirect) {
      this.claims.add(target, inside, dynamic, Form.WHOLE, source);
      return;
    }
    // The data word is the value: a pointer, map, channel, func, or a struct of one.
    const { offset, kind, elem } = dynamic.leaves;
    if (offset.length === 1) this.add(target, inside, kind[0]!, elem[0], source);
  }

  /** Go ≥ 1.24: a directory of length 0 is one group. */
  addMapDirectory(header: number, target: number, inside: number, map: TypeNode, source: number): void {
    if (this.#directoryLength === undefined || map.type?.group === undefined) return;
    const group = this.#universe.of(map.type.group);
    const directory = this.#universe.mapDirectory(map);
    // What is laid out like only one of them need not be asked for in the dump.
    const isGroup = this.claims.fits(target, group);
    const isClear = isGroup !== this.claims.fits(target, directory);
    const isOne = isClear ? isGroup : this.#contents.word(header, this.#directoryLength) === 0;
    this.claims.add(target, inside, isOne ? group : directory, Form.ALL, source);
  }

  /** internal/sync.HashTrieMap: every node begins with a bool that tells entries from indirect nodes. */
  #trieNode(target: number, node: TypeNode): TypeNode | undefined {
    if (node.type === undefined) return undefined;
    const entry = this.#universe.trieNode(node.type, true);
    const indirect = this.#universe.trieNode(node.type, false);
    const fitsEntry = this.claims.fits(target, entry);
    const isClear = fitsEntry !== this.claims.fits(target, indirect);
    const isEntry = isClear ? fitsEntry : this.#contents.byte(target, 0) === 1;
    return isEntry ? entry : indirect;
  }
}
