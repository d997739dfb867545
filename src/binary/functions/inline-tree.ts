/**
 * Inline trees: for each function the calls that the compiler replaced by the called function's body, and which
 * instructions came from which. Layouts of Go 1.9 … 1.27 as in runtime/symtab.go, symtabinl.go and funcdata.h (inlinedCall,
 * FUNCDATA_InlTree, PCDATA_InlTreeIndex). Offsets count from the function's entry.
 */
import type { Image } from "../containers/image.ts";
import type { ModuleData } from "../module/module-data.ts";

/** Where _func keeps what, counted from the end of its entry, and which of the tables behind it are the inline tree's. */
interface Layout {
  /** Of the byte funcID; -1 where there is none. */
  readonly functionId: number;
  /** Of the number of funcdata, and its bytes. */
  readonly funcdataCount: number;
  readonly funcdataCountSize: 1 | 4;
  /** Bytes of _func without its entry; the pcdata follow. */
  readonly size: number;
  readonly pcdata: number;
  readonly funcdata: number;
  readonly callSize: 16 | 20;
  /** Of the fields of inlinedCall. */
  readonly call: { readonly functionId: number; readonly name: number; readonly parentPc: number };
}

const PCDATA_COUNT = 24;

/** No function has as many tables. */
const MAX_TABLES = 64;

const CALL_1_12 = { functionId: 2, name: 12, parentPc: 16 };
const CALL_1_20 = { functionId: 0, name: 4, parentPc: 8 };

/** Of inlinedCall in Go ≤ 1.11, which tells the call's place instead of an instruction that has it. */
const OLD_CALL = { parent: 0, file: 4, line: 8 };

function layoutOf(minor: number): Layout | undefined {
  if (minor >= 20) return { ...countByte(36), pcdata: 2, funcdata: 3, callSize: 16, call: CALL_1_20 };
  if (minor >= 16) return { ...countByte(32), pcdata: 2, funcdata: 3, callSize: 20, call: CALL_1_12 };
  if (minor >= 13) return { ...countByte(28), pcdata: 2, funcdata: 4, callSize: 20, call: CALL_1_12 };
  if (minor >= 12) return { ...countByte(28), pcdata: 1, funcdata: 2, callSize: 20, call: CALL_1_12 };
  if (minor < 9) return undefined;
  const count = { functionId: -1, funcdataCount: 28, funcdataCountSize: 4, size: 32 } as const;
  return { ...count, pcdata: 1, funcdata: 2, callSize: 16, call: { functionId: -1, name: 12, parentPc: -1 } };
}

/** funcID begins the last four bytes of _func, the number of funcdata is the last of them. */
function countByte(functionId: number): Pick<Layout, "functionId" | "funcdataCount" | "funcdataCountSize" | "size"> {
  return { functionId, funcdataCount: functionId + 3, funcdataCountSize: 1, size: functionId + 4 };
}

/** Where a function's inline tree is. */
export interface InlineTree {
  /** Offset in pctab of the table of rows by PC: -1 for the function's own instructions. */
  readonly rows: number;
  /** Address of the first inlinedCall. */
  readonly calls: number;
}

/** A row of an inline tree: a function that was inlined, and where its call stood. */
export interface InlinedCall {
  /** Offset of its name in funcnametab. */
  readonly name: number;
  readonly isWrapper: boolean;
  /** Offset of an instruction whose place is the call's; -1 in Go ≤ 1.11. */
  readonly parentPc: number;
  /** In Go ≤ 1.11 the row of the caller, -1 for the function itself, and the place of the call. */
  readonly parent: number;
  readonly file: number;
  readonly line: number;
}

/** Reads the inline trees of an executable's functions. `func` is the address of a _func, behind its entry. */
export class InlineTrees {
  readonly #image: Image;
  readonly #gofunc: number;
  readonly #hasOffsets: boolean;
  readonly #layout: Layout | undefined;
  readonly #wrapperId: () => number;

  /** @param functions addresses of all _func, behind their entries; asked for once, when an inline tree is first read */
  constructor(image: Image, module: ModuleData, goMinor: number, functions: () => Iterable<number>) {
    this.#image = image;
    this.#gofunc = module.gofunc;
    this.#hasOffsets = module.minMinor >= 18;
    this.#layout = layoutOf(goMinor);
    let wrapperId: number | undefined;
    this.#wrapperId = () => {
      wrapperId ??= this.#highestFunctionId(functions());
      return wrapperId;
    };
  }

  /** Finds a function's inline tree; undefined if nothing was inlined into it. */
  find(func: number): InlineTree | undefined {
    const layout = this.#layout;
    if (layout === undefined) return undefined;
    const image = this.#image;
    const { pointerSize } = image;
    const pcdataCount = image.uint32(func + PCDATA_COUNT);
    const at = func + layout.funcdataCount;
    const funcdataCount = layout.funcdataCountSize === 1 ? image.uint8(at) : image.uint32(at);
    if (!(pcdataCount > layout.pcdata && pcdataCount < MAX_TABLES && funcdataCount > layout.funcdata)) return undefined;
    const rows = image.uint32(func + layout.size + 4 * layout.pcdata);
    if (rows <= 0) return undefined;
    let tables = func + layout.size + 4 * pcdataCount;
    if (this.#hasOffsets) {
      const offset = image.uint32(tables + 4 * layout.funcdata);
      return offset < 0 || offset === 0xffff_ffff ? undefined : { rows, calls: this.#gofunc + offset };
    }
    tables = Math.ceil(tables / pointerSize) * pointerSize;
    const calls = image.word(tables + pointerSize * layout.funcdata);
    return calls <= 0 ? undefined : { rows, calls };
  }

  /** Reads a row of a tree; undefined where the file has none. */
  read({ calls }: InlineTree, row: number): InlinedCall | undefined {
    const { callSize, call } = this.#layout!;
    const image = this.#image;
    const at = calls + callSize * row;
    if (!(row >= 0) || !image.isInFile(at, callSize)) return undefined;
    const isOld = call.parentPc < 0;
    return {
      name: image.uint32(at + call.name),
      isWrapper: !isOld && image.uint8(at + call.functionId) === this.#wrapperId(),
      parentPc: isOld ? -1 : image.uint32(at + call.parentPc) | 0,
      parent: isOld ? image.uint32(at + OLD_CALL.parent) | 0 : -1,
      file: isOld ? image.uint32(at + OLD_CALL.file) : 0,
      line: isOld ? image.uint32(at + OLD_CALL.line) : 0,
    };
  }

  /** Tells whether a function is a wrapper that the compiler made: of a method, or to compare and hash values of a type. */
  isWrapper(func: number): boolean {
    const id = this.#functionId(func);
    return id > 0 && id === this.#wrapperId();
  }

  #functionId(func: number): number {
    const offset = this.#layout?.functionId ?? -1;
    return offset < 0 ? 0 : this.#image.uint8(func + offset);
  }

  /** Wrappers have had other numbers in nearly every version, always the highest; there are some in every program. */
  #highestFunctionId(functions: Iterable<number>): number {
    let highest = 0;
    for (const func of functions) highest = Math.max(highest, this.#functionId(func));
    return highest;
  }
}
