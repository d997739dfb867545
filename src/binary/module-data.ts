/**
 * ModuleData: runtime.firstmoduledata, the table of tables from which the runtime itself finds its types and functions.
 * It is found by its contents, never by a symbol, and read by the layout of the Go version that wrote it.
 */
import type { Executable } from "./container.ts";

/** A Go slice header: address of the first element, and how many there are. */
export interface SliceHeader {
  readonly address: number;
  readonly length: number;
}

/** The fields that gohd uses; all are link-time addresses. What a version has not is 0, or an empty slice. */
export interface ModuleData {
  /** Of the moduledata itself. */
  readonly address: number;
  /** Go versions 1.minMinor … 1.maxMinor have this layout. */
  readonly minMinor: number;
  readonly maxMinor: number;
  /** Function table and its parts: see pclntab.ts. Go ≤ 1.15 has them all in `pclntable`. */
  readonly pcHeader: number;
  readonly funcnametab: SliceHeader;
  readonly cutab: SliceHeader;
  readonly filetab: SliceHeader;
  readonly pctab: SliceHeader;
  readonly pclntable: SliceHeader;
  readonly ftab: SliceHeader;
  readonly minpc: number;
  readonly maxpc: number;
  readonly text: number;
  readonly etext: number;
  readonly noptrdata: number;
  readonly enoptrdata: number;
  readonly data: number;
  readonly edata: number;
  readonly bss: number;
  readonly ebss: number;
  readonly noptrbss: number;
  readonly enoptrbss: number;
  readonly end: number;
  readonly gcdata: number;
  readonly gcbss: number;
  /** Type descriptors and names are in [types, etypes); offsets count from `types`. Go ≥ 1.7. */
  readonly types: number;
  readonly etypes: number;
  /** Go ≥ 1.27: bytes of the descriptors that begin the range. */
  readonly typedesclen: number;
  /** Go ≥ 1.27: where itabs are, from `types`, and how many bytes. */
  readonly itaboffset: number;
  readonly itabsize: number;
  /** Go ≥ 1.18. */
  readonly rodata: number;
  readonly gofunc: number;
  readonly textsectmap: SliceHeader;
  /** Go ≤ 1.26: offsets (int32) from `types`; Go 1.5 and 1.6: addresses. */
  readonly typelinks: SliceHeader;
  /** Go 1.7 … 1.26: addresses of itabs. */
  readonly itablinks: SliceHeader;
}

/** Where the dumped process had its two pointerful segments: what a heap dump's Data and BSS records say. */
export interface SegmentAnchor {
  /** Run-time addresses, and sizes in bytes. */
  readonly dataAddress: number;
  readonly dataSize: number;
  readonly bssAddress: number;
  readonly bssSize: number;
}

/** A moduledata that an anchor found. */
export interface AnchoredModule {
  readonly module: ModuleData;
  /** Run-time address minus link-time address, of everything in the file. */
  readonly bias: number;
}

/** Finds moduledata whose data and bss are exactly those of the dumped process. One in the right executable, none in a wrong one. */
export declare function findAnchoredModules(
  executable: Executable,
  anchor: SegmentAnchor,
  goMinor?: number,
): AnchoredModule[];

/** Finds moduledata by the header of the function table, without a dump. Usually one. */
export declare function findModules(executable: Executable, goMinor?: number): ModuleData[];
