/** What `gohd sql` tells about what can be asked. */

/** What can be asked, for `--help` and at the prompt. */
export const SQL_HELP = `
Tables: objects, edges, edge_names, roots, root_vertices, types, fields, goroutines, frames, finalizers, itabs,
memprof_buckets, memprof_frames, alloc_samples, segments, variables, memstats, gc_pauses, strings, contents, dump.
Views: named_objects, named_edges. Macros: top_types(), path_to_root(object), dominated_by(vertex),
retained_by_goroutine(), duplicate_strings(), growth(before, after).

Examples:
  gohd sql app.dump "FROM top_types() LIMIT 10"
  gohd sql app.dump --exe ./app "SELECT * FROM named_objects WHERE type = 'main.Node' ORDER BY retained DESC LIMIT 5"
  gohd sql app.dump --json "FROM retained_by_goroutine()" | jq '.[0]'
  gohd sql app.dump --parquet live.parquet "FROM objects WHERE reachable"
  gohd sql app.dump                     asks; .help tells what else it knows
  gohd sql app.duckdb                   asks what gohd convert --to duckdb wrote; a directory of --to parquet, too`;
