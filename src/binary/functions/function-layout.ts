/**
 * FunctionLayout: where a function's own record (_func) has its tables, as in runtime/symtab.go, runtime2.go and funcdata.h of Go
 * 1.9 … 1.27. Addresses of _func are behind its entry.
 */
import type { Image } from "../containers/image.ts";
import type { ModuleData } from "../module/module-data.ts";

/** Where _func keeps what, counted from the end of its entry, and which of the tables behind it are the inline tree's. */
export interface FunctionLayout {
  /** Of the byte funcID; -1 where there is none. */
  readonly functionId: number;
  /** Of the number of funcdata, and its bytes. */
  readonly funcdataCount: number;
  readonly funcdataCountSize: 1 | 4;
  /** Bytes of _func without its entry; the pcdata follow. */
  readonly size: number;
  readonly pcdata: number;
  readonly funcdata: number;
  /** Which of the funcdata tells the function's stack objects; -1 where none does. */
  readonly stackObjects: number;
  readonly callSize: 16 | 20;
  /** Of the fields of inlinedCall. */
  readonly call: { readonly functionId: number; readonly name: number; readonly parentPc: number };
}

/** Of the number of pcdata. */
export const PCDATA_COUNT = 24;

/** No function has as many tables. */
export const MAX_TABLES = 64;

const CALL_1_12 = { functionId: 2, name: 12, parentPc: 16 };
const CALL_1_20 = { functionId: 0, name: 4, parentPc: 8 };

/** @param minor the N of Go 1.N; undefined for those before 1.9 */
export function layoutOf(minor: number): FunctionLayout | undefined {
  if (minor >= 20) return { ...countByte(36), pcdata: 2, funcdata: 3, stackObjects: 2, callSize: 16, call: CALL_1_20 };
  if (minor >= 16) return { ...countByte(32), pcdata: 2, funcdata: 3, stackObjects: 2, callSize: 20, call: CALL_1_12 };
  if (minor >= 13) return { ...countByte(28), pcdata: 2, funcdata: 4, stackObjects: 3, callSize: 20, call: CALL_1_12 };
  if (minor >= 12) return { ...countByte(28), pcdata: 1, funcdata: 2, stackObjects: 4, callSize: 20, call: CALL_1_12 };
  if (minor < 9) return undefined;
  const count = { functionId: -1, funcdataCount: 28, funcdataCountSize: 4, size: 32 } as const;
  return {
    ...count,
    pcdata: 1,
    funcdata: 2,
    stackObjects: -1,
    callSize: 16,
    call: { functionId: -1, name: 12, parentPc: -1 },
  };
}

/** funcID begins the last four bytes of _func, the number of funcdata is the last of them. */
function countByte(
  functionId: number,
): Pick<FunctionLayout, "functionId" | "funcdataCount" | "funcdataCountSize" | "size"> {
  return { functionId, funcdataCount: functionId + 3, funcdataCountSize: 1, size: functionId + 4 };
}

/** The address of one of a function's funcdata; undefined if it has none. */
export function findFuncdata(
  image: Image,
  module: ModuleData,
  layout: FunctionLayout,
  func: number,
  index: number,
): number | undefined {
  const { pointerSize } = image;
  const at = func + layout.funcdataCount;
  const count = layout.funcdataCountSize === 1 ? image.uint8(at) : image.uint32(at);
  const pcdataCount = image.uint32(func + PCDATA_COUNT);
  if (!(count > index && pcdataCount < MAX_TABLES)) return undefined;
  const tables = func + layout.size + 4 * pcdataCount;
  // Since Go 1.18 they are offsets, and no addresses.
  if (module.minMinor >= 18) {
    const offset = image.uint32(tables + 4 * index);
    return offset < 0 || offset === 0xffff_ffff ? undefined : module.gofunc + offset;
  }
  const address = image.word(Math.ceil(tables / pointerSize) * pointerSize + pointerSize * index);
  return address <= 0 ? undefined : address;
}
