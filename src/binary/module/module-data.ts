/**
 * ModuleData: runtime.firstmoduledata, the table of tables from which the runtime itself finds its types and functions.
 * It is found by its contents, never by a symbol, and read by the layout of the Go version that wrote it.
 */
import type { Executable } from "../containers/container.ts";
import type { Image } from "../containers/image.ts";
import type { Segment } from "../containers/segments.ts";
import { MODULE_LAYOUTS, type ModuleLayout } from "./module-layouts.ts";

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

/** pcHeader's first words: Go 1.20, 1.18, 1.16 and 1.2 began to write them. */
const PC_HEADER_MAGICS: readonly number[] = [0xfffffff1, 0xfffffff0, 0xfffffffa, 0xfffffffb];
const SMALLEST_MAGIC = Math.min(...PC_HEADER_MAGICS);

/**
 * Finds moduledata whose data and bss are exactly those of the dumped process: one in the right executable, none in a
 * wrong one. Reads the writable segments, then, if they have none, the read-only ones. Linear in their size.
 * @param goMinor the N of Go 1.N if it is known; without it the layout is found out
 */
export function findAnchoredModules(executable: Executable, anchor: SegmentAnchor, goMinor?: number): AnchoredModule[] {
  const { image } = executable;
  const found: AnchoredModule[] = [];
  for (const group of segmentGroups(executable)) {
    for (const segment of group) {
      for (const address of findDataWords(image, segment, anchor)) {
        const module = readPlausible(image, goMinor, (layout) => address - layout.word.data! * image.pointerSize);
        if (module) found.push({ module, bias: anchor.dataAddress - module.data });
      }
    }
    if (found.length > 0) break;
  }
  return found;
}

/**
 * Finds moduledata by the header of the function table, to which its first word points: usually one. For executables
 * that are not the dumped one. Not found where a program has been obfuscated.
 */
export function findModules(executable: Executable, goMinor?: number): ModuleData[] {
  const { image } = executable;
  const headers = new Set(executable.segments.flatMap((segment) => findPcHeaders(image, segment)));
  if (headers.size === 0) return [];
  for (const group of segmentGroups(executable)) {
    const found = group
      .flatMap((segment) => findPointersTo(image, segment, headers))
      .map((address) => readPlausible(image, goMinor, () => address))
      .filter((module) => module !== undefined);
    if (found.length > 0) return found;
  }
  return [];
}

/** Moduledata is writable, or was until relocation. */
function segmentGroups({ segments }: Executable): readonly (readonly Segment[])[] {
  return [segments.filter(({ writable }) => writable), segments.filter(({ writable }) => !writable)];
}

/** Addresses of words data, edata, bss, ebss with the anchor's distances. */
function findDataWords(image: Image, segment: Segment, anchor: SegmentAnchor): number[] {
  const { dataSize, bssSize } = anchor;
  const gap = anchor.bssAddress - anchor.dataAddress;
  const view = fileView(image, segment);
  const step = image.pointerSize;
  const found: number[] = [];
  if (!view) return found;
  const little = !image.bigEndian;
  const low = little || step === 4 ? 0 : 4;
  const sizeLow = dataSize % 0x1_0000_0000;
  for (let at = alignUp(segment.address, step) - segment.address; at + 4 * step <= view.byteLength; at += step) {
    // Low halves first: no other pair of words differs by just this much, so the rest is hardly ever looked at.
    const difference = view.getUint32(at + step + low, little) - view.getUint32(at + low, little);
    if (difference !== sizeLow && difference + 0x1_0000_0000 !== sizeLow) continue;
    const address = segment.address + at;
    const data = image.word(address);
    if (image.word(address + step) - data !== dataSize) continue;
    const bss = image.word(address + 2 * step);
    if (bss - data === gap && image.word(address + 3 * step) - bss === bssSize) found.push(address);
  }
  return found;
}

function findPcHeaders(image: Image, segment: Segment): number[] {
  const view = fileView(image, segment);
  const step = image.pointerSize;
  const found: number[] = [];
  if (!view) return found;
  for (let at = alignUp(segment.address, step) - segment.address; at + 8 <= view.byteLength; at += step) {
    const magic = view.getUint32(at, !image.bigEndian);
    if (magic < SMALLEST_MAGIC || !PC_HEADER_MAGICS.includes(magic) || view.getUint16(at + 4) !== 0) continue;
    const quantum = view.getUint8(at + 6);
    const isQuantum = quantum === 1 || quantum === 2 || quantum === 4;
    if (isQuantum && view.getUint8(at + 7) === step) found.push(segment.address + at);
  }
  return found;
}

function findPointersTo(image: Image, segment: Segment, targets: ReadonlySet<number>): number[] {
  const view = fileView(image, segment);
  const step = image.pointerSize;
  const found: number[] = [];
  if (!view) return found;
  const little = !image.bigEndian;
  const low = little || step === 4 ? 0 : 4;
  const lows = new Set([...targets].map((address) => address % 0x1_0000_0000));
  for (let at = alignUp(segment.address, step) - segment.address; at + step <= view.byteLength; at += step) {
    if (!lows.has(view.getUint32(at + low, little))) continue;
    if (targets.has(image.word(segment.address + at))) found.push(segment.address + at);
  }
  return found;
}

function fileView(image: Image, segment: Segment): DataView | undefined {
  const bytes = image.bytes(segment.address, segment.fileSize);
  return bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function alignUp(address: number, alignment: number): number {
  return Math.ceil(address / alignment) * alignment;
}

/** Reads moduledata with the version's layout, or with whichever fits if the version is unknown or was told wrong. */
function readPlausible(
  image: Image,
  goMinor: number | undefined,
  startOf: (layout: ModuleLayout) => number,
): ModuleData | undefined {
  const isExpected = ({ minMinor, maxMinor }: ModuleLayout): boolean =>
    goMinor !== undefined && goMinor >= minMinor && goMinor <= maxMinor;
  const layouts = [...MODULE_LAYOUTS.filter(isExpected), ...MODULE_LAYOUTS.filter((layout) => !isExpected(layout))];
  for (const layout of layouts) {
    const module = readModuleData(image, startOf(layout), layout);
    if (module && isPlausible(image, module)) return module;
  }
  return undefined;
}

function readModuleData(image: Image, address: number, layout: ModuleLayout): ModuleData | undefined {
  const { word: words, minMinor, maxMinor } = layout;
  const { pointerSize } = image;
  if (!image.isMapped(address, layout.length * pointerSize)) return undefined;
  let isDamaged = false;
  const word = (name: string, plus = 0): number => {
    const index = words[name];
    return index === undefined ? 0 : image.word(address + (index + plus) * pointerSize);
  };
  const slice = (name: string): SliceHeader => {
    const length = word(name, 1);
    if (word(name, 2) < length) isDamaged = true;
    return { address: word(name), length };
  };
  const slices = {
    funcnametab: slice("funcnametab"),
    cutab: slice("cutab"),
    filetab: slice("filetab"),
    pctab: slice("pctab"),
    pclntable: slice("pclntable"),
    ftab: slice("ftab"),
    textsectmap: slice("textsectmap"),
    typelinks: slice("typelinks"),
    itablinks: slice("itablinks"),
  };
  if (words.cutab === undefined) slices.funcnametab = slices.pclntable;
  if (words.pctab === undefined) slices.pctab = slices.pclntable;
  // Without a capacity in the layout the words beside it are something else, and a slice is not what it says.
  if (isDamaged) return undefined;
  return {
    address,
    minMinor,
    maxMinor,
    ...slices,
    pcHeader: words.pcHeader === undefined ? slices.pclntable.address : word("pcHeader"),
    minpc: word("minpc"),
    maxpc: word("maxpc"),
    text: word("text"),
    etext: word("etext"),
    noptrdata: word("noptrdata"),
    enoptrdata: word("enoptrdata"),
    data: word("data"),
    edata: word("edata"),
    bss: word("bss"),
    ebss: word("ebss"),
    noptrbss: word("noptrbss"),
    enoptrbss: word("enoptrbss"),
    end: word("end"),
    gcdata: word("gcdata"),
    gcbss: word("gcbss"),
    types: word("types"),
    etypes: word("etypes"),
    typedesclen: word("typedesclen"),
    itaboffset: word("itaboffset"),
    itabsize: word("itabsize"),
    rodata: word("rodata"),
    gofunc: word("gofunc"),
  };
}

/** Bytes of an entry of ftab, by Go version: two words, or since Go 1.18 two 32-bit offsets. */
export function functionEntrySize(module: ModuleData, pointerSize: number): number {
  return module.minMinor >= 18 ? 8 : 2 * pointerSize;
}

/** Whether the fields make sense together, which those of another layout do not. */
function isPlausible(image: Image, module: ModuleData): boolean {
  const { pointerSize } = image;
  const { types, etypes, text, etext, textsectmap, typelinks, itablinks, ftab } = module;
  const ascending =
    text < etext &&
    module.minpc >= text &&
    module.maxpc <= etext + SLACK &&
    module.data <= module.edata &&
    module.edata <= module.bss &&
    module.bss <= module.ebss &&
    module.ebss <= module.end;
  if (!ascending || !image.isInFile(ftab.address, ftab.length * functionEntrySize(module, pointerSize))) return false;
  if (!hasPcHeader(image, module)) return false;
  if (!image.isMapped(module.gcdata, 1) || !image.isMapped(module.gcbss, 1)) return false;
  if (module.minMinor <= 6) return isArray(image, typelinks, pointerSize) && types === 0;
  // All in one segment, or they could not be reached by offsets.
  if (!(types < etypes) || !image.isInFile(types, etypes - types)) return false;
  if (module.minMinor >= 8) {
    if (textsectmap.length === 0 || !isArray(image, textsectmap, 3 * pointerSize)) return false;
    // Offset, length or end, address: the first section begins the text.
    if (image.word(textsectmap.address + 2 * pointerSize) !== text) return false;
  }
  if (module.minMinor >= 18 && !(image.isMapped(module.rodata, 1) && image.isMapped(module.gofunc, 1))) return false;
  if (module.minMinor >= 27) {
    const { typedesclen, itaboffset, itabsize } = module;
    return typedesclen <= etypes - types && image.isInFile(types + itaboffset, itabsize);
  }
  if (!isArray(image, typelinks, 4) || !isArray(image, itablinks, pointerSize)) return false;
  return typelinks.length === 0 || image.uint32(typelinks.address) < etypes - types;
}

/** All but the magic number, which obfuscators change. */
function hasPcHeader(image: Image, { pcHeader }: ModuleData): boolean {
  const quantum = image.uint8(pcHeader + 6);
  return (
    image.uint16(pcHeader + 4) === 0 &&
    (quantum === 1 || quantum === 2 || quantum === 4) &&
    image.uint8(pcHeader + 7) === image.pointerSize
  );
}

/** maxpc may lie behind etext by the alignment of functions. */
const SLACK = 64;

function isArray(image: Image, { address, length }: SliceHeader, elementSize: number): boolean {
  return length === 0 || image.isInFile(address, length * elementSize);
}
