/**
 * Which words of a type are pointers, computed from its fields: the descriptors' own masks change with nearly every
 * version, the rules for kinds hardly ever. Works on any Type, whoever made it.
 */
import { Kind, type PointerLayout, type Type } from "./type.ts";

/** Words written out at most for one type. */
const MAX_WORDS = 1 << 20;
/** Offsets are held in an Int32Array. */
const MAX_OFFSET = 2 ** 31 - 1;

const NO_WORDS = new Int32Array(0);
const FIRST_WORD = Int32Array.of(0);

/** What the mask of a type depends on besides the type. */
export interface PointerRules {
  readonly pointerSize: number;
  /** Go ≤ 1.10 marks the type word of an interface as a pointer, later only the data word. */
  readonly interfaceTypeWords: boolean;
}

/** Makes the layout of a type without pointers. */
export function noPointers(size: number): PointerLayout {
  return { words: NO_WORDS, stride: size, repeat: 0, isComplete: true };
}

/**
 * Computes where a type has pointers. Uses `type.pointers` of its fields and elements, which are cached. An array's
 * layout is that of its element, repeated; only arrays inside structs are written out.
 */
export function computePointerLayout(type: Type, rules: PointerRules): PointerLayout {
  const { size } = type;
  switch (type.kind) {
    case Kind.Pointer:
    case Kind.Func:
    case Kind.Map:
    case Kind.Chan:
    case Kind.UnsafePointer:
    case Kind.String:
    case Kind.Slice:
      return { words: FIRST_WORD, stride: size, repeat: 1, isComplete: true };
    case Kind.Interface:
      return { words: interfaceWords(rules), stride: size, repeat: 1, isComplete: true };
    case Kind.Array:
      return type.elem ? arrayLayout(type.elem, type.length, size) : noPointers(size);
    case Kind.Struct:
      return structLayout(type);
    default:
      return noPointers(size);
  }
}

/** Bytes of the prefix of a type that holds all pointers. */
export function pointerPrefix(layout: PointerLayout, pointerSize: number): number {
  const { words, stride, repeat } = layout;
  return repeat === 0 ? 0 : (repeat - 1) * stride + words[words.length - 1]! + pointerSize;
}

function interfaceWords({ pointerSize, interfaceTypeWords }: PointerRules): Int32Array {
  return interfaceTypeWords ? Int32Array.of(0, pointerSize) : Int32Array.of(pointerSize);
}

function arrayLayout(elem: Type, length: number, size: number): PointerLayout {
  const inner = elem.pointers;
  if (inner.repeat === 0 || length === 0) return noPointers(size);
  if (inner.repeat === 1) return { ...inner, stride: elem.size, repeat: length };
  // An array of arrays goes on without a gap.
  if (inner.stride * inner.repeat === elem.size) return { ...inner, repeat: inner.repeat * length };
  const words: number[] = [];
  const isComplete = appendWords(words, inner, 0);
  return { words: Int32Array.from(words), stride: elem.size, repeat: length, isComplete };
}

function structLayout(type: Type): PointerLayout {
  const words: number[] = [];
  let isComplete = true;
  for (const field of type.fields) isComplete = appendWords(words, field.type.pointers, field.offset) && isComplete;
  if (words.length === 0) return { ...noPointers(type.size), isComplete };
  return { words: Int32Array.from(words), stride: type.size, repeat: 1, isComplete };
}

/** Adds a layout's words, moved by `offset`; false if there were too many. */
function appendWords(to: number[], layout: PointerLayout, offset: number): boolean {
  const { words, stride, repeat } = layout;
  for (let i = 0; i < repeat; i++) {
    const base = offset + i * stride;
    if (to.length + words.length > MAX_WORDS || base + stride > MAX_OFFSET) return false;
    for (let k = 0; k < words.length; k++) to.push(base + words[k]!);
  }
  return layout.isComplete;
}
