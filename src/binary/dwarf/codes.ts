/**
 * The numbers of DWARF 2 to 5 that Go's compilers write, and how long every form is, so that whatever else other
 * compilers write can be passed over. Names as in the standard (DWARF 5, chapter 7) without their prefixes, which the
 * tables' names replace; Go's own attributes as in cmd/internal/dwarf.
 */

/** DW_TAG_*: what an entry describes. */
export const Tag = {
  ArrayType: 0x01,
  FormalParameter: 0x05,
  LexicalBlock: 0x0b,
  Member: 0x0d,
  PointerType: 0x0f,
  CompileUnit: 0x11,
  StructureType: 0x13,
  SubroutineType: 0x15,
  Typedef: 0x16,
  UnspecifiedParameters: 0x18,
  InlinedSubroutine: 0x1d,
  SubrangeType: 0x21,
  BaseType: 0x24,
  Subprogram: 0x2e,
  Variable: 0x34,
} as const;

/** Attributes that are kept when an entry is read, as indexes of its columns. */
export const Slot = {
  Name: 0,
  Type: 1,
  Location: 2,
  LowPc: 3,
  HighPc: 4,
  Ranges: 5,
  AbstractOrigin: 6,
  FrameBase: 7,
  ByteSize: 8,
  Encoding: 9,
  Count: 10,
  UpperBound: 11,
  MemberLocation: 12,
  VariableParameter: 13,
  Producer: 14,
  StringOffsetsBase: 15,
  AddressBase: 16,
  RangeListsBase: 17,
  LocationListsBase: 18,
  GoKind: 19,
  GoKey: 20,
  GoElem: 21,
  GoEmbedded: 22,
  GoRuntimeType: 23,
  GoClosureOffset: 24,
} as const;

/** Column of an attribute that is kept. */
export type Slot = (typeof Slot)[keyof typeof Slot];

/** Number of slots: length of an entry's columns. */
export const SLOT_COUNT = 25;

/** DW_AT_* to the slot that keeps it; attributes that are not here are passed over. */
export const SLOT_OF_ATTRIBUTE: ReadonlyMap<number, Slot> = new Map<number, Slot>([
  [0x02, Slot.Location],
  [0x03, Slot.Name],
  [0x0b, Slot.ByteSize],
  [0x11, Slot.LowPc],
  [0x12, Slot.HighPc],
  [0x25, Slot.Producer],
  [0x2f, Slot.UpperBound],
  [0x31, Slot.AbstractOrigin],
  [0x37, Slot.Count],
  [0x38, Slot.MemberLocation],
  [0x3e, Slot.Encoding],
  [0x40, Slot.FrameBase],
  [0x49, Slot.Type],
  [0x4b, Slot.VariableParameter],
  [0x55, Slot.Ranges],
  [0x72, Slot.StringOffsetsBase],
  [0x73, Slot.AddressBase],
  [0x74, Slot.RangeListsBase],
  [0x8c, Slot.LocationListsBase],
  [0x2900, Slot.GoKind],
  [0x2901, Slot.GoKey],
  [0x2902, Slot.GoElem],
  [0x2903, Slot.GoEmbedded],
  [0x2904, Slot.GoRuntimeType],
  [0x2907, Slot.GoClosureOffset],
]);

/** DW_FORM_*: how an attribute's value is written. */
export const Form = {
  Address: 0x01,
  Block2: 0x03,
  Block4: 0x04,
  Data2: 0x05,
  Data4: 0x06,
  Data8: 0x07,
  String: 0x08,
  Block: 0x09,
  Block1: 0x0a,
  Data1: 0x0b,
  Flag: 0x0c,
  SignedData: 0x0d,
  StringPointer: 0x0e,
  UnsignedData: 0x0f,
  RefAddress: 0x10,
  Ref1: 0x11,
  Ref2: 0x12,
  Ref4: 0x13,
  Ref8: 0x14,
  RefUnsigned: 0x15,
  Indirect: 0x16,
  SectionOffset: 0x17,
  Expression: 0x18,
  FlagPresent: 0x19,
  StringIndex: 0x1a,
  AddressIndex: 0x1b,
  RefSupplementary4: 0x1c,
  StringSupplementary: 0x1d,
  Data16: 0x1e,
  LineStringPointer: 0x1f,
  RefSignature8: 0x20,
  ImplicitConstant: 0x21,
  LocationListIndex: 0x22,
  RangeListIndex: 0x23,
  RefSupplementary8: 0x24,
  StringIndex1: 0x25,
  StringIndex2: 0x26,
  StringIndex3: 0x27,
  StringIndex4: 0x28,
  AddressIndex1: 0x29,
  AddressIndex2: 0x2a,
  AddressIndex3: 0x2b,
  AddressIndex4: 0x2c,
  GnuAddressIndex: 0x1f01,
  GnuStringIndex: 0x1f02,
  GnuRefAlternate: 0x1f20,
  GnuStringAlternate: 0x1f21,
} as const;

/** What is written in the place of a width where a value has no fixed one. */
export const Width = {
  CString: -1,
  /** Any LEB128 number. */
  Leb: -2,
  Block1: -3,
  Block2: -4,
  Block4: -5,
  BlockLeb: -6,
  Indirect: -7,
} as const;

/** What the width of some forms depends on. */
export interface UnitLayout {
  readonly version: number;
  readonly addressSize: number;
  /** 4, or 8 in the 64-bit format of DWARF. */
  readonly offsetSize: number;
}

const FIXED: ReadonlyMap<number, number> = new Map<number, number>([
  [Form.Block2, Width.Block2],
  [Form.Block4, Width.Block4],
  [Form.Data2, 2],
  [Form.Data4, 4],
  [Form.Data8, 8],
  [Form.String, Width.CString],
  [Form.Block, Width.BlockLeb],
  [Form.Block1, Width.Block1],
  [Form.Data1, 1],
  [Form.Flag, 1],
  [Form.SignedData, Width.Leb],
  [Form.UnsignedData, Width.Leb],
  [Form.Ref1, 1],
  [Form.Ref2, 2],
  [Form.Ref4, 4],
  [Form.Ref8, 8],
  [Form.RefUnsigned, Width.Leb],
  [Form.Indirect, Width.Indirect],
  [Form.Expression, Width.BlockLeb],
  [Form.FlagPresent, 0],
  [Form.StringIndex, Width.Leb],
  [Form.AddressIndex, Width.Leb],
  [Form.RefSupplementary4, 4],
  [Form.Data16, 16],
  [Form.RefSignature8, 8],
  [Form.ImplicitConstant, 0],
  [Form.LocationListIndex, Width.Leb],
  [Form.RangeListIndex, Width.Leb],
  [Form.RefSupplementary8, 8],
  [Form.StringIndex1, 1],
  [Form.StringIndex2, 2],
  [Form.StringIndex3, 3],
  [Form.StringIndex4, 4],
  [Form.AddressIndex1, 1],
  [Form.AddressIndex2, 2],
  [Form.AddressIndex3, 3],
  [Form.AddressIndex4, 4],
  [Form.GnuAddressIndex, Width.Leb],
  [Form.GnuStringIndex, Width.Leb],
]);

const OFFSETS: ReadonlySet<number> = new Set([
  Form.StringPointer,
  Form.SectionOffset,
  Form.StringSupplementary,
  Form.LineStringPointer,
  Form.GnuRefAlternate,
  Form.GnuStringAlternate,
]);

/** Bytes of a form's values, or one of Width; undefined for a form that no standard knows. */
export function widthOfForm(form: number, layout: UnitLayout): number | undefined {
  if (form === Form.Address) return layout.addressSize;
  // DWARF 2 took references for addresses.
  if (form === Form.RefAddress) return layout.version <= 2 ? layout.addressSize : layout.offsetSize;
  return OFFSETS.has(form) ? layout.offsetSize : FIXED.get(form);
}

/** DW_OP_*: operations of location expressions. */
export const Operation = {
  Address: 0x03,
  Dereference: 0x06,
  Const1u: 0x08,
  Const1s: 0x09,
  Const2u: 0x0a,
  Const2s: 0x0b,
  Const4u: 0x0c,
  Const4s: 0x0d,
  Const8u: 0x0e,
  Const8s: 0x0f,
  ConstUnsigned: 0x10,
  ConstSigned: 0x11,
  Minus: 0x1c,
  Plus: 0x22,
  PlusUnsigned: 0x23,
  Literal0: 0x30,
  Literal31: 0x4f,
  Register0: 0x50,
  Register31: 0x6f,
  BaseRegister0: 0x70,
  BaseRegister31: 0x8f,
  RegisterX: 0x90,
  FrameBase: 0x91,
  BaseRegisterX: 0x92,
  Piece: 0x93,
  Nop: 0x96,
  CallFrameCfa: 0x9c,
  ImplicitValue: 0x9e,
  StackValue: 0x9f,
  AddressIndex: 0xa1,
  ConstIndex: 0xa2,
} as const;

/** DW_LLE_*: entries of location lists in DWARF 5; those of range lists (DW_RLE_*) are LIST_RANGE_KINDS. */
export const ListEntry = {
  End: 0,
  BaseAddressIndex: 1,
  StartEndIndex: 2,
  StartLengthIndex: 3,
  OffsetPair: 4,
  Default: 5,
  BaseAddress: 6,
  StartEnd: 7,
  StartLength: 8,
  ViewPair: 9,
} as const;

/** DW_RLE_* to the entry of location lists that has the same addresses. */
export const LIST_RANGE_KINDS: readonly number[] = [
  ListEntry.End,
  ListEntry.BaseAddressIndex,
  ListEntry.StartEndIndex,
  ListEntry.StartLengthIndex,
  ListEntry.OffsetPair,
  ListEntry.BaseAddress,
  ListEntry.StartEnd,
  ListEntry.StartLength,
];
