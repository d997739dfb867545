/** Names of architectures: GOARCH since Go 1.7, a compiler's letter before. */
import type { ParamsRecord } from "../../format/records/records.ts";

const BY_LETTER: Readonly<Record<string, (params: ParamsRecord) => string>> = {
  "0": ({ bigEndian }) => (bigEndian ? "mips64" : "mips64le"),
  "5": () => "arm",
  "6": ({ pointerSize }) => (pointerSize === 4 ? "amd64p32" : "amd64"),
  "7": () => "arm64",
  "8": () => "386",
  "9": ({ bigEndian }) => (bigEndian ? "ppc64" : "ppc64le"),
};

export function describeArch(params: ParamsRecord): string {
  if (typeof params.arch === "string") return params.arch;
  return BY_LETTER[String.fromCharCode(Number(params.arch))]?.(params) ?? "unknown";
}
