/**
 * The public door: everything that converters, plug-ins and users of the library import. What is not here is internal
 * and may change without notice.
 */
export * from "./analysis/dominators.ts";
export * from "./analysis/retained-size.ts";
export * from "./analysis/vertices.ts";
export * from "./converter/converter.ts";
export * from "./errors.ts";
export * from "./heap/dump-info.ts";
export * from "./heap/goroutines.ts";
export * from "./heap/heap.ts";
export * from "./heap/mem-stats.ts";
export * from "./heap/memory-profile.ts";
export * from "./heap/roots.ts";
export * from "./heap/segments.ts";
export * from "./heap/statistics.ts";
export * from "./heap/types.ts";
export * from "./io/sink.ts";
export * from "./io/source.ts";
export * from "./progress.ts";
