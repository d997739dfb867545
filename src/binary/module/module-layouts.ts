/**
 * The fields of runtime.moduledata in order, for each Go version that changed them: runtime/symtab.go of 1.15, 1.19 and
 * 1.21 … 1.27; the older ones as published in those releases. Only as far as gohd reads; what follows differs more.
 */

/** Go versions 1.minMinor … 1.maxMinor share these fields: words, or slices of three words where marked with []. */
export interface ModuleLayout {
  readonly minMinor: number;
  readonly maxMinor: number;
  /** Name to index of its first word. */
  readonly word: Readonly<Record<string, number>>;
  /** Length in words. */
  readonly length: number;
}

/** A maxMinor that no version has: the layout still holds. */
export const NEWEST = 1000;

const TABLES_1_5 = "pclntable[] ftab[] filetab[] findfunctab minpc maxpc";
const TABLES_1_16 = "pcHeader funcnametab[] cutab[] filetab[] pctab[] pclntable[] ftab[] findfunctab minpc maxpc";
const SEGMENTS = "text etext noptrdata enoptrdata data edata bss ebss noptrbss enoptrbss";
const COVERAGE = "covctrs ecovctrs";
const MASKS = "end gcdata gcbss";
const LINKS = "typelinks[] itablinks[]";

/** Newest first: of two that fit, the newer is likelier. */
export const MODULE_LAYOUTS: readonly ModuleLayout[] = [
  layout(27, NEWEST, [
    TABLES_1_16,
    SEGMENTS,
    COVERAGE,
    MASKS,
    "types typedesclen etypes itaboffset itabsize rodata gofunc epclntab textsectmap[]",
  ]),
  layout(26, 26, [TABLES_1_16, SEGMENTS, COVERAGE, MASKS, "types etypes rodata gofunc epclntab textsectmap[]", LINKS]),
  layout(20, 25, [TABLES_1_16, SEGMENTS, COVERAGE, MASKS, "types etypes rodata gofunc textsectmap[]", LINKS]),
  layout(18, 19, [TABLES_1_16, SEGMENTS, MASKS, "types etypes rodata gofunc textsectmap[]", LINKS]),
  layout(16, 17, [TABLES_1_16, SEGMENTS, MASKS, "types etypes textsectmap[]", LINKS]),
  layout(8, 15, [TABLES_1_5, SEGMENTS, MASKS, "types etypes textsectmap[]", LINKS]),
  layout(7, 7, [TABLES_1_5, SEGMENTS, MASKS, "types etypes", LINKS]),
  layout(5, 6, [TABLES_1_5, SEGMENTS, MASKS, "typelinks[]"]),
];

function layout(minMinor: number, maxMinor: number, parts: readonly string[]): ModuleLayout {
  const word: Record<string, number> = {};
  let length = 0;
  for (const field of parts.join(" ").split(" ")) {
    const isSlice = field.endsWith("[]");
    word[isSlice ? field.slice(0, -2) : field] = length;
    length += isSlice ? 3 : 1;
  }
  return { minMinor, maxMinor, word, length };
}
