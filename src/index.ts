/**
 * The public door: everything that converters, plug-ins and users of the library import. What is not here is internal
 * and may change without notice; `test/golden/api.txt` has the list.
 *
 *     const heap = await readHeap(await openSource("app.dump.zst"));
 *     const retained = await computeRetainedSizes(heap);
 *     heap.close();
 *
 * With Go types from the executable, read with `keepShapes`:
 *
 *     const executable = openExecutable(await openSource("./app"));
 *     const typed = await typeHeap(await readHeap(source, { keepShapes: true }), executable);
 *     typed.heap.types.names[typed.heap.objects.type[0]];
 */
export { compareEstimate, countLiveSamples, estimateBytes, estimateObjects } from "./analysis/allocation-estimates.ts";
export { computeDominatorIntervals, type DominatorIntervals } from "./analysis/dominators/dominator-intervals.ts";
export {
  computeDominatorDepths,
  computeDominatorTree,
  type DominatorTree,
} from "./analysis/dominators/dominator-tree.ts";
export { computeDominators, type Dominators } from "./analysis/dominators/dominators.ts";
export { computeGroupRetainedSizes } from "./analysis/dominators/group-retained-size.ts";
export { computeRetainedSizes, type SizeColumn } from "./analysis/dominators/retained-size.ts";
export { computeTypeRetainedSizes } from "./analysis/dominators/type-retained-size.ts";
export {
  DominatorGroupKind,
  type DominatorGroupOptions,
  type DominatorGroups,
} from "./analysis/groups/dominator-group-rows.ts";
export { computeDominatorGroups, computeOwnerGroups } from "./analysis/groups/dominator-groups.ts";
export { groupFieldName } from "./analysis/groups/group-field-name.ts";
export type { RootHolders } from "./analysis/groups/root-holder-names.ts";
export { computeHistogram, type Histogram } from "./analysis/histogram.ts";
export type { ComponentOrder } from "./analysis/ownership/component-search.ts";
export {
  findLeadingRoots,
  type KeptByRoots,
  type LeadingRoots,
  MOST_AT_ONCE,
  measureRoots,
  type RootSearch,
  searchRoots,
} from "./analysis/ownership/leading-roots.ts";
export {
  beginOwnerTree,
  computeOwnerChildren,
  computeOwnerTree,
  type OwnerTree,
} from "./analysis/ownership/owner-tree.ts";
export { computeOwners, type OwnerColumn, ownerVertex } from "./analysis/ownership/owners.ts";
export { NAMELESS, PointerNames } from "./analysis/references/pointer-names.ts";
export { computeRetainers, type Retainers } from "./analysis/references/retainers.ts";
export { computeShortestPaths, type ShortestPaths } from "./analysis/references/shortest-paths.ts";
export { computeTypeReferences, type TypeReferences } from "./analysis/references/type-references.ts";
export {
  chooseSamplingRate,
  DEFAULT_SAMPLING_RATE,
  estimateSamplingRate,
  type RateEstimate,
  type SamplingRate,
} from "./analysis/sampling-rate.ts";
export {
  findObjectSites,
  NO_SITE,
  NO_SITE_NAME,
  type ObjectSites,
  SEVERAL_SITES,
  WHY_NO_SAMPLES,
} from "./analysis/sites/object-sites.ts";
export { NO_STACK, StackTree } from "./analysis/sites/stack-tree.ts";
export { vertexCount, virtualRoot } from "./analysis/vertices.ts";
export type { Executable } from "./binary/containers/container.ts";
export {
  listArchitectures,
  type OpenExecutableOptions,
  openDebugFile,
  openExecutable,
  readGoVersion,
} from "./binary/index.ts";
export * from "./converter/converter.ts";
export { isNotInstalled, missingPackages } from "./converter/optional-packages.ts";
export * from "./errors.ts";
export type { HeldObject } from "./findings/back-pointers.ts";
export type { Finding, HolderKind } from "./findings/finding.ts";
export { type Awaited, type AwaitedKind, computeAwaited } from "./findings/goroutines/awaited.ts";
export {
  type AwaitedThings,
  computeGoroutineGroups,
  type GoroutineGroup,
  type GoroutineGroups,
  type GroupLocal,
} from "./findings/goroutines/groups.ts";
export { findLeakedGoroutines } from "./findings/goroutines/leaked.ts";
export * from "./findings/growth/growth.ts";
export { formatSigned, isToldAtBoth, sparkline } from "./findings/growth/growth-figures.ts";
export { type GuessedThings, markFinding, markGuesses } from "./findings/growth/guess-marks.ts";
export { describeGrowth } from "./findings/growth/heap-sentences.ts";
export { listGrowthStatements, markPath } from "./findings/growth/sentences.ts";
export { type AccumulationRule, DEFAULT_RULE } from "./findings/holders/accumulation.ts";
export type { HolderBulk } from "./findings/holders/bulk.ts";
export {
  findHolders,
  type Holder,
  type HolderEntry,
  type HolderOptions,
  type TypeSourceName,
  WITHOUT_POINTER,
} from "./findings/holders/holder.ts";
export type { HolderPart } from "./findings/holders/holder-parts.ts";
export type { HolderRoot } from "./findings/holders/holder-roots.ts";
export { computeLargestHolders, type HolderName, nameHolders } from "./findings/holders/largest-holders.ts";
export type { HolderNodes } from "./findings/holders/nodes.ts";
export type { HolderRelease } from "./findings/holders/release.ts";
export { findUse, type HolderUse, labelUse } from "./findings/holders/use.ts";
export { computeFindings } from "./findings/inspect.ts";
export type { Answer } from "./findings/report/answers.ts";
export { withoutContents } from "./findings/report/contents.ts";
export { describeCertainty, describeDump, describeProcess } from "./findings/report/dump-sentences.ts";
export {
  listOwnerNodes,
  type OwnerNode,
  type OwnerNodeIndex,
  type OwnerNodeKind,
  type OwnerNodeMember,
  type OwnerNodes,
} from "./findings/report/owner-nodes.ts";
export { computeReport, type ProcessMemory, REPORT_SCHEMA_VERSION, type Report } from "./findings/report/report.ts";
export { markGuessed } from "./findings/report/said-names.ts";
export {
  listMinorFindings,
  listStatements,
  type Statement,
  toldShare,
} from "./findings/report/sentences.ts";
export { sayGarbage } from "./findings/report/unreachable-sentences.ts";
export { RULES, type Rule, type RuleName } from "./findings/rules.ts";
export { sayOrigin } from "./findings/started-by.ts";
export {
  computePackageGroups,
  computeTypeSums,
  type GroupSums,
  type ObjectGroup,
} from "./findings/top/object-groups.ts";
export { computeTop, TOP_SCHEMA_VERSION, type Top, type TopOptions, type TopRow } from "./findings/top/top.ts";
export { TOP_KINDS, TOP_ORDERS, type TopKind, type TopOrder } from "./findings/top/top-kinds.ts";
export { computeTypePlaces, type FoundPlace, type TypePlace } from "./findings/type-places.ts";
export * from "./findings/why/why.ts";
export { edgeName } from "./heap/edge-names.ts";
export {
  type CallSites,
  collectCallSites,
  findShownCallSites,
  type ShownCallSites,
} from "./heap/facts/call-sites.ts";
export * from "./heap/facts/dump-info.ts";
export * from "./heap/facts/mem-stats.ts";
export * from "./heap/facts/memory-profile.ts";
export * from "./heap/facts/statistics.ts";
export * from "./heap/heap.ts";
export type { Analysis } from "./heap/memo.ts";
export * from "./heap/objects.ts";
export { type ReadOptions, readHeap } from "./heap/read.ts";
export { printedFunctionName } from "./heap/roots/function-names.ts";
export * from "./heap/roots/goroutines.ts";
export { frameFunctionName, isRootGroup, rootEdgeName, rootVertexName } from "./heap/roots/root-names.ts";
export type { RootedHeap } from "./heap/roots/rooted-heap.ts";
export * from "./heap/roots/roots.ts";
export * from "./heap/roots/segments.ts";
export { learnPackageNames, shortenImports } from "./heap/short-names.ts";
export { isStandardPackage } from "./heap/standard-packages.ts";
export { packageOfRow, packageOfSymbol } from "./heap/type-package.ts";
export * from "./heap/types.ts";
export * from "./heap/value-layouts.ts";
export { baseName } from "./io/base-name.ts";
export { createDirectorySink } from "./io/sinks/directory-sink.ts";
export { createFileSink, type FileSinkOptions } from "./io/sinks/file-sink.ts";
export { createMemorySink, type MemorySink } from "./io/sinks/memory-sink.ts";
export * from "./io/sinks/sink.ts";
export { memorySource } from "./io/sources/memory-source.ts";
export { type OpenOptions, openSource, STANDARD_INPUT, type StandardInput } from "./io/sources/open.ts";
export type { ByteSource } from "./io/sources/source.ts";
export type { SpoolOptions } from "./io/sources/spool.ts";
export { describeNativeError } from "./io/system-errors.ts";
export { toFinalPath } from "./io/temporaries/final-path.ts";
export { MAX_INT64, putBigVarint, putVarint } from "./io/varint.ts";
export { type MarkdownColumn, markdownBlock, markdownCode, markdownTable, markdownWords } from "./markdown.ts";
export * from "./progress.ts";
export { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from "./quantities.ts";
export { escapeText, LONGEST_SHOWN, quoteCommand, showName, showText } from "./shown-text.ts";
export type { MatchedExecutable } from "./typing/match/match-executable.ts";
export { type StringText, StringTexts } from "./typing/names/string-texts.ts";
export { type NamesReport, type TypedHeap, type TypeOptions, typeHeap } from "./typing/type-heap.ts";
export {
  POINTERS_OUTSIDE,
  SEEN_BY_POINTER,
  SEEN_BY_SLICE,
  SEEN_BY_STRING,
  SHOWN_FROM_FRONT,
  type ViewColumns,
} from "./values/array-views.ts";
export type { BoxCounts } from "./values/box-counts.ts";
export type { ChannelColumns } from "./values/channel-counts.ts";
export { type FileRuns, orderByPosition } from "./values/file-order.ts";
export type { Holders } from "./values/holders.ts";
export type { MapColumns } from "./values/map-counts.ts";
export type { ObjectSet } from "./values/object-set.ts";
export type { OffsetColumn } from "./values/offset-column.ts";
export type { Places } from "./values/places.ts";
export type { SequentialReader } from "./values/sequential-reader.ts";
export type { ValueBatch } from "./values/value-batch.ts";
export { type ValueVisitor, ValueWalk, type WalkState, walkValues } from "./values/value-walk.ts";
export { computeContainers, computeHolders, computeValues, type HeapValues } from "./values/values.ts";
