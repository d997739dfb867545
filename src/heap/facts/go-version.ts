/**
 * Which Go wrote a dump. Since Go 1.17 the Params record says it; before, the header narrows it down, and what the dump
 * holds narrows it further.
 */
import type { ParamsRecord } from "../../format/records/records.ts";
import type { GoVersion } from "./dump-info.ts";

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
  const compiler = params.version.includes("gccgo") || params.version === "unknown" ? "gccgo" : "gc";
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
  // Until Go 1.16 this string is GOEXPERIMENT.
  const old = params.version === "" || params.version === "unknown" ? [] : params.version.split(",");
  return range(7, 16, "from the header", old, compiler);
}

/** Narrows a version range by what the whole dump holds. */
export function refineVersion(version: GoVersion, header: number, params: ParamsRecord, cues: VersionCues): GoVersion {
  if (!cues.hasGcRecords || (header === 3 && params.arch === 0)) {
    const text = version.minor === version.minorMax && header === 7 ? version.text : "gccgo";
    return { ...version, text, how: "from the kinds of records", compiler: "gccgo" };
  }
  if (version.minor === version.minorMax) return version;
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
