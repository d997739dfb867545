/**
 * Value layouts: where the values of a type have words that lead elsewhere, and where the runtime's own structures keep
 * their counts. Typing knows them; the walk of values asks for them here, and so need not know typing.
 */

/** What a pointer word is the beginning of; `ValueLayout.kind`. */
export const WordKind = {
  /** A plain pointer. */
  POINTER: 0,
  /** A string: pointer, length. */
  STRING: 1,
  /** A slice: pointer, length, capacity. */
  SLICE: 2,
  /** The data word of an interface; the word in front of it tells the dynamic type. */
  INTERFACE: 3,
  /** A map: a pointer to its header. */
  MAP: 4,
  /** A channel: a pointer to its header, which may be one object with its buffer. */
  CHANNEL: 5,
  /** A func: a pointer to a closure. */
  FUNC: 6,
} as const;

/** The words of a type's values that are pointers, ascending. Do not write. */
export interface ValueLayout {
  /** Bytes of one value, and from one to the next in objects of types that stand for many. */
  readonly size: number;
  /** Whether objects of the type hold as many values side by side as there is room for. */
  readonly isMany: boolean;
  /** Byte offsets in a value. */
  readonly offset: Int32Array;
  /** WordKind of each. */
  readonly kind: Uint8Array;
  /** Bytes of the value that a pointer leads to, of a slice's or channel's element, 1 for strings; 0 if not known. */
  readonly elementSize: Float64Array;
  /**
   * What a word is called: "main.Session.history", all elements of an array alike. Of words that have no name by
   * themselves, only the ending: "[]" or "[].key" behind the name of whatever holds the object.
   */
  name(word: number): WordName;
}

/** The name of a word in a value: a field, an element, or an ending of the holder's name. */
export interface WordName {
  readonly text: string;
  /** Whether `text` goes behind the name of what holds the object. */
  readonly isEnding: boolean;
}

/** What the runtime builds that is no value of a Go type; `ValueLayouts.structure`. */
export const Structure = {
  NONE: 0,
  /** The header of a map. */
  MAP: 1,
  /** Go ≥ 1.24: pointers to a map's tables. */
  MAP_DIRECTORY: 2,
  /** Go ≥ 1.24: one of a map's tables. */
  MAP_TABLE: 3,
  /** A map's entries: groups (Go ≥ 1.24) or buckets. */
  MAP_GROUPS: 4,
  /** Go ≤ 1.23: what a map keeps of its overflow buckets. */
  MAP_EXTRA: 5,
  CHANNEL: 6,
} as const;

/** An integer in a structure: byte offset in its value, and bytes. */
export interface IntegerField {
  readonly offset: number;
  readonly size: number;
}

/** Where the header of a map keeps its counts. */
export interface MapLayout {
  /** Number of entries. */
  readonly used: IntegerField;
}

/** Go ≥ 1.24. Counts of slots. */
export interface MapTableLayout {
  readonly used: IntegerField;
  readonly capacity: IntegerField;
  /** Slots that may still be filled before the table grows. */
  readonly growthLeft: IntegerField;
}

/** How keys and elements lie in the groups of a map (Go 1.24 and later) or in its buckets. */
export interface MapGroupsLayout {
  /** Bytes of a group or bucket. */
  readonly size: number;
  /** Bytes of a key and of an element in their slot, which holds a pointer instead if they are larger than 128. */
  readonly keySize: number;
  readonly elementSize: number;
  /** Byte offset of the first slot's key in a group, and bytes from one to the next; and the same of elements. */
  readonly keyStart: number;
  readonly keyStride: number;
  readonly elementStart: number;
  readonly elementStride: number;
}

/** Where the header of a channel keeps its counts. */
export interface ChannelLayout {
  /** Values that wait in the buffer. */
  readonly count: IntegerField;
  /** Values that the buffer has room for. */
  readonly capacity: IntegerField;
  readonly elementSize: IntegerField;
  readonly closed: IntegerField;
  /** Byte offset of the pointer to the buffer. */
  readonly buffer: number;
  /** Byte offsets of the pointers to the first of the goroutines (runtime.sudog) that wait; -1 if not known. */
  readonly receivers: number;
  readonly senders: number;
  /** Byte offset of the pointer to the next in a sudog; -1 if not known. */
  readonly nextWaiter: number;
}

/** The dynamic type of an interface. */
export interface DynamicType {
  readonly name: string;
  readonly size: number;
  /** The data word is the value itself, and not a pointer to it. */
  readonly isDirect: boolean;
}

/** Where the values of each type have words that lead elsewhere. */
export interface ValueLayouts {
  /** Of a row of the type table; undefined for rows that are no Go type. O(1). */
  of(row: number): ValueLayout | undefined;
  /** Structure of each row. */
  readonly structure: Uint8Array;
  /** 1 for rows whose values point to values of the same row: nodes of lists and trees. */
  readonly isLink: Uint8Array;
  /** Of rows whose values say themselves what list they are in: byte offset of that pointer; -1 for all others. */
  readonly listField: Int32Array;
  /** Of rows whose values have weak pointers: which words these are; undefined for others. */
  weakWords(row: number): readonly number[] | undefined;
  /** Of rows that are headers of maps; undefined for others. */
  map(row: number): MapLayout | undefined;
  /** Of rows that are tables of maps; undefined for others. */
  mapTable(row: number): MapTableLayout | undefined;
  /** Of rows that are groups or buckets of maps; undefined for others. */
  mapGroups(row: number): MapGroupsLayout | undefined;
  /** Of rows that are channels; undefined for others. */
  channel(row: number): ChannelLayout | undefined;
  /** The dynamic type that the first word of an interface tells; undefined if it is none. O(1). */
  dynamicType(word: number): DynamicType | undefined;
}

/** Root edges whose words are known: columns by root edge. */
export interface RootWords {
  /** WordKind; `NO_WORD` where nothing is known. */
  readonly kind: Uint8Array;
  /** As in `ValueLayout`. */
  readonly elementSize: Float64Array;
  /** Bytes from the pointer word to the length, and to the capacity; 0 where they are not in the dump. */
  readonly lengthAt: Int32Array;
  readonly capacityAt: Int32Array;
}

/** In `RootWords.kind`. */
export const NO_WORD = 255;
