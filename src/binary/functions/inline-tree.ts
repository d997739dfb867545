/**
 * Inline trees: for each function the calls that the compiler replaced by the called function's body, and which
 * instructions came from which. Layouts of Go 1.9 … 1.27 as in runtime/symtab.go, symtabinl.go and funcdata.h (inlinedCall,
 * FUNCDATA_InlTree, PCDATA_InlTreeIndex). Offsets count from the function's entry.
 */
import type { Image } from "../containers/image.ts";
import type { ModuleData } from "../module/module-data.ts";
import { type FunctionLayout, findFuncdata, layoutOf, MAX_TABLES, PCDATA_COUNT } from "./function-layout.ts";

/** Of inlinedCall in Go ≤ 1.11, which tells the call's place instead of an instruction that has it. */
const OLD_CALL = { parent: 0, file: 4, line: 8 };

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
  readonly #module: ModuleData;
  readonly #layout: FunctionLayout | undefined;
  readonly #wrapperId: () => number;

  /** @param functions addresses of all _func, behind their entries; asked for once, when an inline tree is first read */
  constructor(image: Image, module: ModuleData, goMinor: number, functions: () => Iterable<number>) {
    this.#image = image;
    this.#module = module;
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
    const pcdataCount = image.uint32(func + PCDATA_COUNT);
    if (!(pcdataCount > layout.pcdata && pcdataCount < MAX_TABLES)) return undefined;
    const rows = image.uint32(func + layout.size + 4 * layout.pcdata);
    const calls = rows <= 0 ? undefined : findFuncdata(image, this.#module, layout, func, layout.funcdata);
    return calls === undefined ? undefined : { rows, calls };
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
