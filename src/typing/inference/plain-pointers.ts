/**
 * Plain pointers: objects that are called by the type of a pointer to their beginning, though something larger begins with
 * such a value and would have the same shape. Which of the two it is, the other objects tell that the same field points to: if
 * one of them is known to be something larger and nothing but the field says what it is, the field is no evidence; if they are
 * many, and all as the field's type has it, they are what it says, unless what larger types there are is not known either. And
 * what goes on behind the value as something larger does that is known in the same heap may be that. A field that leads to known
 * larger ones as well proves nothing of the others, unless larger ones are seldom zero where they go on.
 */
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { TypeSource } from "../../heap/objects.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import { NodeFilter } from "../decision/node-filter.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { InterfaceWords } from "../evidence/interface-words.ts";
import type { Propagation } from "../spread/propagation.ts";
import { LeafKind } from "../universe/leaves.ts";
import { isArray, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import type { Agreement } from "./agreement.ts";
import { KnownRivals } from "./known-rivals.ts";

/** So many objects, and none that says otherwise, are evidence. */
const ENOUGH = 16;
/** One of so many that says otherwise makes a field worthless. */
const TOLERATED = 32;
/** The same of those that go on as something larger does of which there are few. */
const TOLERATED_OF_FEW = 2;

/** Pointers whose targets are looked at before they are visited. */
const AHEAD = 256;

/** A word of a type, or an interface, that points to what is in question. */
interface Field {
  /** Index in `Fields.all`. */
  readonly number: number;
  /** What an object that agrees is called. */
  readonly node: TypeNode;
  agreed: number;
  contradicted: number;
  /** Objects that agree, but go on as something larger does. */
  alike: number;
  /** Objects that are known to be something larger that begins with what the field points to. */
  larger: number;
}

/** Settles how objects with plain pointers are known; those with contradicted ones lose their type. Linear in the edges. */
export function settlePlain(
  heap: Heap,
  claims: Claims,
  universe: TypeUniverse,
  contents: ContentsReader,
  agreement: Agreement,
  interfaces: InterfaceWords,
  propagation: Propagation,
): void {
  const { assignments, plainNodes } = claims;
  if (!claims.isAnyPlain) return;
  const rivals = new KnownRivals(heap, claims, universe, contents, agreement);
  if (plainNodes.size > 0) rivals.collect();
  const fields = new Fields(universe, plainNodes);
  // Pointers to objects in question: the object, and the number of the field.
  const target = int32Column();
  const via = int32Column();
  if (plainNodes.size > 0)
    visit((field, object, inside) => {
      const known = assignments.nodeId(object);
      if (inside === 0 && known === field.node.id) {
        field.agreed++;
        if (!isPlain(object)) return;
        if (rivals.isLikeRival(object)) field.alike++;
        target.push(object);
        via.push(field.number);
      } else if (known < 0 || assignments.standing(object) === Standing.GUESS) {
        field.contradicted++;
      } else if (inside === 0 && rivals.isRival(object, field.node)) {
        field.larger++;
      }
    });
  // What is proven is marked as exact until all is settled, what is doubted as of no source.
  for (let i = 0; i < target.count; i++) {
    const object = target.get(i);
    const { agreed, contradicted, alike, larger } = fields.all[via.get(i)]!;
    const areAlike = alike * (rivals.areMany(object, agreed) ? TOLERATED : TOLERATED_OF_FEW) > agreed;
    const isMixed = larger * TOLERATED > agreed;
    const isDoubted =
      contradicted * TOLERATED > agreed ||
      (areAlike && rivals.isLikeRival(object)) ||
      (isMixed && rivals.likeliestRival(object) !== undefined);
    if (isDoubted) {
      if (assignments.source(object) !== TypeSource.EXACT) assignments.setSource(object, TypeSource.NONE);
    } else if (
      contradicted === 0 &&
      agreed >= ENOUGH &&
      !areAlike &&
      !(isMixed && rivals.areOftenZero(object)) &&
      rivals.isTold(object)
    ) {
      assignments.setSource(object, TypeSource.EXACT);
    }
  }
  for (let object = 0; object < assignments.count; object++) {
    if (!isPlain(object)) continue;
    const source = assignments.source(object);
    if (source === TypeSource.NONE) doubt(object);
    else assignments.setSource(object, source === TypeSource.EXACT ? TypeSource.PROPAGATED : TypeSource.INFERRED);
  }

  /** What was taken for the whole is known to be a part at least, perhaps of what others go on as. */
  function doubt(object: number): void {
    const node = claims.node(object)!;
    const rival = rivals.likeliestRival(object);
    if (rival !== undefined) {
      claims.assign(object, rival, false, TypeSource.INFERRED, Standing.GUESS);
      return;
    }
    assignments.clear(object);
    claims.parts.add(object, 0, node.id, node.size, false, false);
  }

  function isPlain(object: number): boolean {
    return assignments.isTyped(object) && assignments.standing(object) === Standing.PLAIN;
  }

  /** Visits what the fields in question point to, of objects whose type is known. */
  function visit(visitor: (field: Field, target: number, inside: number) => void): void {
    const { start, offset, to } = heap.edges;
    // Targets are anywhere in memory: many are loaded in a row before they are visited.
    const metTarget = new Int32Array(AHEAD);
    const metEdge = new Uint32Array(AHEAD);
    const metField = new Int32Array(AHEAD);
    let met = 0;
    const visitMet = (): void => {
      assignments.lookAhead(metTarget, 0, met);
      for (let i = 0; i < met; i++) {
        visitor(fields.all[metField[i]!]!, metTarget[i]!, propagation.insideOf(metEdge[i]!, metTarget[i]!));
      }
      met = 0;
    };
    const meet = (field: Field, edge: number): void => {
      metTarget[met] = to[edge]!;
      metEdge[met] = edge;
      metField[met++] = field.number;
      if (met === AHEAD) visitMet();
    };
    const holders = new NodeFilter((id) => id >= 0 && fields.of(id) !== undefined);
    for (let object = assignments.nextOf(-1, holders); object >= 0; object = assignments.nextOf(object, holders)) {
      if (assignments.standing(object) === Standing.GUESS) continue;
      const id = assignments.nodeId(object);
      const own = fields.of(id)!;
      const { leaves, size } = universe.nodes[id]!;
      const leafOffset = leaves.offset;
      let valueStart = assignments.valueOffset(object);
      let leaf = 0;
      const after = start[object + 1]!;
      for (let edge = start[object]!; edge < after; edge++) {
        const at = offset[edge]!;
        if (at < valueStart) continue;
        if (at - valueStart >= size) {
          valueStart = at - ((at - valueStart) % size);
          leaf = 0;
        }
        const within = at - valueStart;
        while (leaf < leafOffset.length && leafOffset[leaf]! < within) leaf++;
        if (leaf === leafOffset.length || leafOffset[leaf] !== within) continue;
        const field = own[leaf];
        if (field !== undefined) meet(field, edge);
      }
    }
    interfaces.visit((edge, dynamic) => {
      const field = fields.ofInterface(dynamic);
      if (field !== undefined) meet(field, edge);
    });
    visitMet();
  }
}

/** The fields in question of all types, made as they are asked for. */
class Fields {
  readonly #universe: TypeUniverse;
  readonly #inQuestion: ReadonlySet<TypeNode>;
  readonly all: Field[] = [];
  /** By node id, then by leaf; null for nodes without any. */
  readonly #ofNodes: ((Field | undefined)[] | null | undefined)[] = [];
  readonly #ofInterfaces: (Field | null | undefined)[] = [];

  /** @param inQuestion what objects with plain pointers are called by */
  constructor(universe: TypeUniverse, inQuestion: ReadonlySet<TypeNode>) {
    this.#universe = universe;
    this.#inQuestion = inQuestion;
  }

  /** Those of a type, by leaf. */
  of(nodeId: number): readonly (Field | undefined)[] | undefined {
    let fields = this.#ofNodes[nodeId];
    if (fields === undefined) {
      const { leaves } = this.#universe.nodes[nodeId]!;
      const made = leaves.elem.map((elem, leaf) =>
        leaves.kind[leaf] === LeafKind.POINTER ? this.#make(elem) : undefined,
      );
      fields = made.some((field) => field !== undefined) ? made : null;
      this.#ofNodes[nodeId] = fields;
    }
    return fields ?? undefined;
  }

  /** That of interfaces with a dynamic type. */
  ofInterface(dynamic: TypeNode): Field | undefined {
    let field = this.#ofInterfaces[dynamic.id];
    if (field === undefined) {
      const { leaves, type } = dynamic;
      field =
        (type?.isDirect === true && leaves.kind[0] === LeafKind.POINTER ? this.#make(leaves.elem[0]) : null) ?? null;
      this.#ofInterfaces[dynamic.id] = field;
    }
    return field ?? undefined;
  }

  #make(elem: TypeNode | undefined): Field | undefined {
    const node = elem !== undefined && isArray(elem) ? this.#universe.arrayOf(elem) : elem;
    if (node === undefined || !this.#inQuestion.has(node)) return undefined;
    const field = { number: this.all.length, node, agreed: 0, contradicted: 0, alike: 0, larger: 0 };
    this.all.push(field);
    return field;
  }
}
