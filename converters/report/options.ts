/** What `--to html`, `markdown` and `json` have in common: they are files that get sent around. */
import {
  type Analysis,
  computeAwaited,
  computeContainers,
  computeFindings,
  computeGoroutineGroups,
  computeHistogram,
  computeLargestHolders,
  computeOwnerTree,
  computeReport,
  computeTypePlaces,
  computeTypeSums,
  computeValues,
  type Heap,
  type Holdings,
  type OptionSpec,
  type Progress,
  type Report,
  withoutContents,
} from "../../src/index.ts";

export const CONTENTS = {
  type: "boolean",
  default: false,
  description: "show the keys of maps, which may be secrets",
} as const satisfies OptionSpec;

export const REPORT_HOLDINGS: Holdings = {
  addresses: true,
  contents: [{ what: "keys of maps", option: "contents" }],
};

/** What the report and the owner tree ask for. */
export const REPORT_ANALYSES: readonly Analysis<unknown>[] = [
  computeReport,
  computeFindings,
  computeTypePlaces,
  computeAwaited,
  computeTypeSums,
  computeLargestHolders,
  computeGoroutineGroups,
  computeOwnerTree,
  computeContainers,
  computeValues,
  computeHistogram,
];

/** Computes the report as it may be sent: with keys of maps only if they were asked for. */
export async function computeSent(heap: Heap, withKeys: boolean, progress: Progress): Promise<Report> {
  const report = await computeReport(heap, progress);
  return withKeys ? report : withoutContents(report);
}
