/**
 * Type: what gohd knows of one Go type, whoever told it. Runtime descriptors make them (`decode.ts`); DWARF and the
 * typing layer make more of the same shape. Plain values and lazily followed references: there are thousands of types,
 * not millions, so they may be objects; heap objects hold an index.
 */

/** reflect.Kind's numbers, which are the descriptors'. */
export const Kind = {
  Bool: 1,
  Int: 2,
  Int8: 3,
  Int16: 4,
  Int32: 5,
  Int64: 6,
  Uint: 7,
  Uint8: 8,
  Uint16: 9,
  Uint32: 10,
  Uint64: 11,
  Uintptr: 12,
  Float32: 13,
  Float64: 14,
  Complex64: 15,
  Complex128: 16,
  Array: 17,
  Chan: 18,
  Func: 19,
  Interface: 20,
  Map: 21,
  Pointer: 22,
  Slice: 23,
  String: 24,
  Struct: 25,
  UnsafePointer: 26,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** Directions of channels. */
export const ChanDir = { Receive: 1, Send: 2, Both: 3 } as const;

/** One field of a struct, in the order of offsets. */
export interface Field {
  /** As declared; an embedded field is named after its type; "_" for blank ones. */
  readonly name: string;
  readonly type: Type;
  /** Bytes from the struct's start. */
  readonly offset: number;
  readonly embedded: boolean;
}

/** Which words of a type hold pointers, as its garbage collector mask says, arrays not written out. */
export interface PointerLayout {
  /** Int32Array, ascending: byte offsets of the pointer words in one period. Shared; do not write. */
  readonly words: Int32Array;
  /** Bytes after which the same words come again; the type's size if `repeat` is 1. */
  readonly stride: number;
  /** How often they come: an array's length, 1 for all else, 0 if there are no pointers. */
  readonly repeat: number;
  /** False if the type is too large to be described (more than 4 M pointer words in one period): `words` is a prefix. */
  readonly isComplete: boolean;
}

export interface Type {
  /** Link-time address of the runtime's descriptor; 0 if it has none. */
  readonly address: number;
  readonly kind: Kind;
  /** Bytes of a value. */
  readonly size: number;
  /** Alignment of a variable, in bytes. */
  readonly align: number;
  /** Bytes of the prefix that holds all pointers, computed from the fields; 0 if there are none. Cached. */
  readonly pointerBytes: number;
  /** The runtime's hash, for comparing type words; 0 if unknown. */
  readonly hash: number;
  /** Go's own String(): packages by their last element, "*http.Header". */
  readonly string: string;
  /** With full import paths: "*net/http.Header", "map[string]*example.com/shop.Order". Computed on first use. */
  readonly name: string;
  /** Import path of the package that declares it, or of an unnamed struct's unexported fields; "" if none is known. */
  readonly packagePath: string;
  /** Declared with a name; false for *T, []T, struct{…} and the like. */
  readonly isNamed: boolean;
  /** An interface holds the value itself in its data word, not a pointer to it. */
  readonly isDirect: boolean;
  /** Number of methods in the method table of a type, or of an interface type itself. */
  readonly methodCount: number;
  /** Names of an interface type's methods, sorted; empty for other kinds. */
  readonly methodNames: readonly string[];
  /** Element of a pointer, slice, array, channel or map; undefined for other kinds. */
  readonly elem: Type | undefined;
  /** Key of a map. */
  readonly key: Type | undefined;
  /** Bucket (Go ≤ 1.23) or group (Go ≥ 1.24) of a map: the type of the memory that holds its entries. */
  readonly group: Type | undefined;
  /** Length of an array; 0 for other kinds. */
  readonly length: number;
  /** One of ChanDir; 0 for other kinds. */
  readonly chanDir: number;
  /** Fields of a struct by ascending offset; empty for other kinds. */
  readonly fields: readonly Field[];
  /** Parameters and results of a func; empty for other kinds. */
  readonly in: readonly Type[];
  readonly out: readonly Type[];
  readonly isVariadic: boolean;
  /** The type *T, if the executable has its descriptor and says so. */
  readonly pointerTo: Type | undefined;
  /** Where its pointers are. Cached. */
  readonly pointers: PointerLayout;
}

/** No such type. */
export const NO_TYPE = -1;

/**
 * The types of one executable by dense index, in the order in which they became known. Only grows: an index stays what
 * it is.
 */
export interface TypeTable {
  readonly count: number;
  /** O(1). */
  at(index: number): Type;
  /**
   * Index of the type whose descriptor is at a link-time address, or NO_TYPE if there is none. Any number may be asked
   * for: what is no descriptor is refused, and remembered. O(1) after the first time; no allocation.
   */
  indexAt(address: number): number;
  /** The same as a Type. */
  typeAt(address: number): Type | undefined;
  /**
   * Finds every descriptor of the executable: those listed, those reachable, and those a scan of the types' range shows.
   * Once; later calls only give the count. Gives the count: indexes 0 … count−1 are all types.
   */
  enumerate(): number;
}
