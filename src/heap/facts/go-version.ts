/**
 * Which Go wrote a dump. Since Go 1.17 the Params record says it; before, the header narrows it down, and what the dump
 * holds narrows it further.
 */
import type { ParamsRecord } from "../../format/records/records.ts";
import type { GoVersion } from "./dump-info.ts";

/** In Params: of gccgo, and of programs whose builder took the version out. */
export const NO_VERSION = "unknown";
/** Releases since which dumps say the version, and since which 64-bit heaps begin at an address that is chosen at random. */
const VERSION_SINCE = 17;
const RANDOM_HEAP_SINCE = 26;
/**
 * Where heaps begin before that, but for the bits above these 40. Since Go 1.11: most, arm64's, those of iOS and of riscv64 with 39 bits, AIX's.
 * In gccgo also where Go 1.4 and 1.10 began. runtime/malloc.go, mallocinit.
 */
const FIXED_STARTS = [0xc0_0000_0000n, 0x40_0000_0000n, 0x1_3000_0000n, 0n, 0xc2_0800_0000n, 0xc4_2000_0000n];
const BY_PLACE = "from where the heap lies; the program was built without its version";

/** What tells releases apart where the dump does not say. */
export interface VersionCues {
  /** Go ≥ 1.11: interfaces' type words are not listed as pointers. Undefined if none was seen. */
  readonly interfaceWordsListed: boolean | undefined;
  /** Slots of 24 bytes: Go ≥ 1.16. */
  readonly hasSlotsOf24: boolean;
  /** Names of functions on stacks. */
  readonly functions: ReadonlySet<string>;
  /** Any record that gccgo never writes: Type, Itab, StackFrame, Data, BSS. */
  readonly hasGcRecords: boolean;
}

/** The version from header and Params alone: what decoding the objects must know. */
export function versionFromParams(header: number, params: ParamsRecord): GoVersion {
  const match = /^(?:go1\.(\d+)|devel)/.exec(params.version);
  const experiments = /[ -]X:(\S+)/.exec(params.version)?.[1]?.split(",") ?? [];
  const compiler = params.version.includes("gccgo") || params.version === NO_VERSION ? "gccgo" : "gc";
  if (match?.[1] !== undefined) {
    const minor = Number(match[1]);
    return { text: params.version, minor, minorMax: minor, how: "from the dump", experiments, compiler };
  }
  if (match) {
    const devel = /go1\.(\d+)/.exec(params.version)?.[1];
    const minor = devel === undefined ? NEWEST_MINOR : Number(devel);
    return { text: params.version, minor, minorMax: minor, how: "from the dump", experiments, compiler };
  }
  if (header < 7) {
    return {
      text: `go1.${header}`,
      minor: header,
      minorMax: header,
      how: "from the header",
      experiments: [],
      compiler,
    };
  }
  // No gccgo's heap lies at random, and no GOEXPERIMENT is called so: the version was taken out, as garble does.
  if (params.version === NO_VERSION && isAtRandom(params))
    return { ...withoutVersion(RANDOM_HEAP_SINCE), how: BY_PLACE };
  // Until Go 1.16 this string is GOEXPERIMENT.
  const old = params.version === "" || params.version === NO_VERSION ? [] : params.version.split(",");
  return range(7, 16, "from the header", old, compiler);
}

/** Narrows a version range by what the whole dump holds. */
export function refineVersion(version: GoVersion, header: number, params: ParamsRecord, cues: VersionCues): GoVersion {
  if (!cues.hasGcRecords || (header === 3 && params.arch === 0)) {
    const text = version.minor === version.minorMax && header === 7 ? version.text : "gccgo";
    return { ...version, text, how: "from the kinds of records", compiler: "gccgo" };
  }
  if (version.minor === version.minorMax || version.how === BY_PLACE) return version;
  if (params.version === NO_VERSION) return withoutVersion(VERSION_SINCE);
  let { minor, minorMax } = version;
  const raise = (to: number): void => {
    minor = Math.max(minor, to);
  };
  const lower = (to: number): void => {
    minorMax = Math.min(minorMax, to);
  };
  if (params.heapStart === 0xc4_2000_0000) lower(10);
  if (params.heapStart === 0xc0_0000_0000) raise(11);
  if (cues.interfaceWordsListed === true) lower(10);
  if (cues.interfaceWordsListed === false) raise(11);
  if (cues.functions.has("runtime.asyncPreempt")) raise(14);
  if (cues.functions.has("runtime.timerproc")) lower(13);
  if (cues.hasSlotsOf24) raise(16);
  else lower(15);
  if (minor > minorMax) return version;
  return range(minor, minorMax, "from the header and what the dump holds", version.experiments, version.compiler);
}

/** Newest release whose dumps were tried; a development version without a number is taken for it. */
export const NEWEST_MINOR = 27;

function range(
  minor: number,
  minorMax: number,
  how: string,
  experiments: readonly string[],
  compiler: GoVersion["compiler"],
): GoVersion {
  const text = minor === minorMax ? `go1.${minor}` : `go1.${minor}–1.${minorMax}`;
  return { text, minor, minorMax, how, experiments, compiler };
}

/** Of a program that does not tell its version: whatever is not older than `since`. */
function withoutVersion(since: number): GoVersion {
  return range(since, NEWEST_MINOR, "from the header; the program was built without its version", [], "gc");
}

/** Whether the heap begins at none of the places at which Go puts it that does not choose one at random. Those of 32 bits and of WebAssembly are low. */
function isAtRandom({ heapStart }: ParamsRecord): boolean {
  const start = BigInt(heapStart);
  return start >= 1n << 32n && !FIXED_STARTS.includes(start % (1n << 40n));
}

/** Whether the allocator puts type headers in front of larger objects with pointers: Go ≥ 1.22. */
export function hasMallocHeaders(version: GoVersion): boolean {
  if (version.compiler === "gccgo") return false;
  return version.minor >= 23 || (version.minor === 22 && !version.experiments.includes("noallocheaders"));
}

/** Whether the allocator clears the whole slot of a small value with pointers, and not just the value: Go ≤ 1.23. */
export function clearsSlots(version: GoVersion): boolean {
  return version.compiler === "gccgo" || version.minorMax <= 23;
}

/** Whether small spans hold inline mark bits: Green Tea GC, default since Go 1.26. */
export function hasInlineMarks(version: GoVersion): boolean {
  if (version.compiler === "gccgo") return false;
  if (version.minor >= 26) return !version.experiments.includes("nogreenteagc");
  return version.minor === 25 && version.experiments.includes("greenteagc");
}
