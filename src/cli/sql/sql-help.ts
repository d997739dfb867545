/** What `gohd sql` tells about what can be asked. */

/** What can be asked, for `--help` and at the prompt. */
export const SQL_HELP = `
Tables:
  heap        objects, edges, edge_names, types, fields, strings, contents
  roots       roots, root_vertices, segments, variables, goroutines, frames, finalizers
  in use      slices, string_uses, maps, channels, places
  the answer  holders, findings
  allocation  memprof_buckets, memprof_frames, alloc_samples
  process     dump, memstats, gc_pauses, itabs
Views: named_objects, named_edges
Macros: top_types(), path_to_root(object), dominated_by(vertex), retained_by_goroutine(), holders(), waste(),
  pinned_by_views(), popped(), duplicate_strings(), growth(before, after)
The columns are in converters/parquet/README.md of the package.`;
