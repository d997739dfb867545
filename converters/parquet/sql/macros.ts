/**
 * Views and macros over the tables that answer the usual questions. DuckDB keeps them as text: they are in a database
 * file too, and cost nothing until they are used.
 */

import type { Table } from "../tables/table.ts";

export interface Definition {
  readonly name: string;
  /** A macro's parameters; undefined for views. */
  readonly parameters: readonly string[] | undefined;
  /** A table that is not always there; DuckDB makes no macro about one that is missing. */
  readonly onRequest?: NonNullable<Table["onRequest"]>;
  /** A query. */
  readonly query: string;
}

const NAMED_OBJECTS = `
  SELECT o.*, t.name AS type, t.package
  FROM objects o JOIN types t ON t.id = o.type_id`;

const NAMED_EDGES = `
  SELECT e.*, n.name
  FROM edges e LEFT JOIN edge_names n ON n.id = e.name_id`;

/** Objects by type, the most bytes first; `retained` is what all of a type retain together. */
const TOP_TYPES = `
  SELECT t.name AS type, t.package, o.objects, o.bytes, o.live_objects, o.live_bytes, t.retained
  FROM (
      SELECT type_id, count(*) AS objects, sum(size)::BIGINT AS bytes,
        count(*) FILTER (reachable) AS live_objects,
        coalesce(sum(size) FILTER (reachable), 0)::BIGINT AS live_bytes
      FROM objects GROUP BY type_id
    ) o
    JOIN types t ON t.id = o.type_id
  ORDER BY o.bytes DESC, t.name`;

/** Steps from mark to mark on a path: the square root of one of 65,536 steps. */
const STRIDE = 256;

/**
 * The shortest path that keeps an object alive, from the object (step 0) to the group of the root that it begins with.
 * `field` is the pointer in what the next row shows that leads to this row.
 *
 * A recursive query costs a third of a millisecond per step, whatever it joins. So the parents become a list, in which a
 * step is an element, and a fold walks: from the object to every 256th vertex, then from all of these at once up to the
 * next, because a list that grows by one element is copied. 5,000 steps among 1,000,000 objects take a twentieth of the
 * time, among 6,000,000, where making the list is nearly all of it, a fifth.
 *
 * Where many paths are asked for at once (`FROM some, path_to_root(some.id)`), no join may come after the list is beside
 * the rows, because joins would copy it for every row: hence MATERIALIZED, which the optimizer does not reorder.
 */
const PATH_TO_ROOT = `
  WITH RECURSIVE parents AS MATERIALIZED (
    SELECT CASE WHEN max(id) >= count(*) THEN error('path_to_root() needs all rows of the table objects')
      ELSE list(bfs_parent ORDER BY id) END AS parent
    FROM objects
  ), start AS MATERIALIZED (
    SELECT id, depth FROM objects WHERE id = object
  ), marks AS MATERIALIZED (
    SELECT depth, list_reduce(repeat([[id]], (depth // ${STRIDE} + 1)::BIGINT), lambda found, _:
        list_append(found, list_reduce(repeat([found[-1]], ${STRIDE + 1}), lambda v, _: parent[v + 1]))) AS mark
    FROM start, parents
  ), walk(step, id) AS (
    SELECT unnest(range(depth + 1))::INTEGER, unnest(flatten(list_transform(mark, lambda first:
        list_reduce(repeat([[first]], ${STRIDE}), lambda ids, _: list_append(ids, parent[ids[-1] + 1]))))[1:depth + 1])
    FROM marks, parents
  ), above(step, id, parent, kind, name, retained) AS (
    SELECT w.step + 1, v.id, v.parent_id, v.kind, v.name, v.retained
    FROM walk w JOIN objects o ON o.id = w.id JOIN root_vertices v ON v.id = o.bfs_parent
    UNION ALL
    SELECT a.step + 1, v.id, v.parent_id, v.kind, v.name, v.retained
    FROM above a JOIN root_vertices v ON v.id = a.parent
    WHERE v.kind NOT IN ('root', 'gc roots')
  )
  SELECT w.step, w.id, t.name AS what,
    CASE WHEN o.bfs_edge IS NULL THEN coalesce(r.name, r.kind::VARCHAR) ELSE n.name END AS field,
    o.address, o.size, o.retained
  FROM walk w
    JOIN objects o ON o.id = w.id
    JOIN types t ON t.id = o.type_id
    LEFT JOIN edges e ON e.id = o.bfs_edge
    LEFT JOIN edge_names n ON n.id = e.name_id
    LEFT JOIN roots r ON r.id = o.root_id
  UNION ALL
  SELECT step, id, name, NULL, NULL, NULL, retained FROM above
  ORDER BY step`;

/** Everything that a vertex (an object or a root vertex) dominates, itself included: what would be freed with it. */
const DOMINATED_BY = `
  SELECT o.id, t.name AS type, o.size, o.retained, o.idom, o.idom_depth
  FROM (
      SELECT idom_first, idom_count FROM objects WHERE id = vertex
      UNION ALL
      SELECT idom_first, idom_count FROM root_vertices WHERE id = vertex
    ) v
    JOIN objects o ON o.idom_first >= v.idom_first AND o.idom_first < v.idom_first + v.idom_count
    JOIN types t ON t.id = o.type_id
  ORDER BY o.retained DESC, o.id`;

/** What only one goroutine keeps alive. */
const RETAINED_BY_GOROUTINE = `
  SELECT g.goid, g."function", g.state, g.system, v.retained
  FROM goroutines g JOIN root_vertices v ON v.id = g.vertex_id
  ORDER BY v.retained DESC, g.goid`;

/** Texts that are there more than once; `wasted` is what one of each would save. */
const DUPLICATE_STRINGS = `
  SELECT s.text, s.length, count(*) AS copies, sum(o.size)::BIGINT AS bytes,
    (sum(o.size) - min(o.size))::BIGINT AS wasted
  FROM strings s JOIN objects o ON o.id = s.object_id
  GROUP BY s.text, s.length, s.hash HAVING count(*) > 1
  ORDER BY wasted DESC, s.text`;

/** What is wasted, and by whom. */
const WASTE = `
  SELECT kind, holder, bytes, share, count, good, problem, advice, guessed, fingerprint
  FROM findings ORDER BY bytes DESC, id`;

/** What holds the memory, as `gohd report` says: the thing, and who owns it. */
const HOLDERS = `
  SELECT path, path_from, type, owner, bytes, share, entries, capacity, own_bytes, other_roots, freed_by_owner,
    freed_by_all, object_id
  FROM holders ORDER BY bytes DESC, id`;

/**
 * Arrays and strings that views show less than half of, whatever their capacity. What views that lie apart show together
 * is their sum, what overlaps counts once: the lesser of the sum of different views and the stretch from first to last.
 */
const PINNED_BY_VIEWS = `
  WITH views AS (
    SELECT DISTINCT object_id, target_offset AS first, length * elem_size AS bytes, place_id
    FROM slices WHERE object_id IS NOT NULL AND elem_size > 0
    UNION
    SELECT DISTINCT object_id, target_offset, length, place_id FROM string_uses WHERE object_id IS NOT NULL
  ), arrays AS (
    SELECT object_id, any_value(place_id) AS place_id, count(*) AS views,
      least(sum(bytes), max(first + bytes) - min(first))::BIGINT AS shown
    FROM views GROUP BY object_id
  )
  SELECT p.name AS place, count(*) AS arrays, sum(a.views)::BIGINT AS views, sum(a.shown)::BIGINT AS shown,
    sum(o.size)::BIGINT AS bytes, (sum(o.size) - sum(a.shown))::BIGINT AS pinned
  FROM arrays a JOIN objects o ON o.id = a.object_id JOIN places p ON p.id = a.place_id
  WHERE o.size > 16 AND a.shown < o.size / 2
  GROUP BY p.name ORDER BY pinned DESC, place`;

/** Pointers of arrays in front of the first element that a slice shows, and behind the last. */
const POPPED = `
  WITH windows AS (
    SELECT object_id, any_value(place_id) AS place_id, min(target_offset) FILTER (length > 0) AS first,
      max(target_offset + length * elem_size) FILTER (length > 0) AS after,
      max(target_offset + capacity * elem_size) AS capacity, any_value(elem_size) AS elem_size
    FROM slices WHERE object_id IS NOT NULL AND elem_size > 0 GROUP BY object_id
  ), slots AS (
    SELECT w.object_id, count(DISTINCT (e."offset" - o.value_offset) // w.elem_size) AS popped
    FROM windows w JOIN objects o ON o.id = w.object_id JOIN edges e ON e.from_id = w.object_id
    WHERE w.first IS NULL OR e."offset" - o.value_offset < w.first OR e."offset" - o.value_offset >= w.after
    GROUP BY w.object_id
  )
  SELECT p.name AS place, s.object_id, (coalesce(w.after - w.first, 0) // w.elem_size)::BIGINT AS length,
    (w.capacity // w.elem_size)::BIGINT AS elements, s.popped, o.size AS bytes, o.retained
  FROM slots s JOIN windows w USING (object_id) JOIN objects o ON o.id = s.object_id JOIN places p ON p.id = w.place_id
  ORDER BY s.popped DESC, s.object_id`;

const countByType = (database: string): string => `
    SELECT t.name AS type, count(*) AS objects, sum(o.size) AS bytes
    FROM query_table(${database} || '.objects') o JOIN query_table(${database} || '.types') t ON t.id = o.type_id
    WHERE o.reachable
    GROUP BY t.name`;

/** What live objects there are more, or fewer, of in one attached database than in another: what `gohd diff` says by type. */
const GROWTH = `
  WITH b AS (${countByType("before")}
  ), a AS (${countByType("after")}
  )
  SELECT type,
    coalesce(a.objects, 0) - coalesce(b.objects, 0) AS objects,
    (coalesce(a.bytes, 0) - coalesce(b.bytes, 0))::BIGINT AS bytes,
    coalesce(b.objects, 0) AS objects_before, coalesce(b.bytes, 0)::BIGINT AS bytes_before,
    coalesce(a.objects, 0) AS objects_after, coalesce(a.bytes, 0)::BIGINT AS bytes_after
  FROM b FULL JOIN a USING (type)
  WHERE coalesce(a.objects, 0) <> coalesce(b.objects, 0) OR coalesce(a.bytes, 0) <> coalesce(b.bytes, 0)
  ORDER BY bytes DESC, type`;

export const DEFINITIONS: readonly Definition[] = [
  { name: "named_objects", parameters: undefined, query: NAMED_OBJECTS },
  { name: "named_edges", parameters: undefined, query: NAMED_EDGES },
  { name: "top_types", parameters: [], query: TOP_TYPES },
  { name: "path_to_root", parameters: ["object"], query: PATH_TO_ROOT },
  { name: "dominated_by", parameters: ["vertex"], query: DOMINATED_BY },
  { name: "retained_by_goroutine", parameters: [], query: RETAINED_BY_GOROUTINE },
  { name: "holders", parameters: [], query: HOLDERS },
  { name: "waste", parameters: [], query: WASTE },
  { name: "pinned_by_views", parameters: [], query: PINNED_BY_VIEWS },
  { name: "popped", parameters: [], query: POPPED },
  { name: "duplicate_strings", parameters: [], onRequest: "strings", query: DUPLICATE_STRINGS },
  { name: "growth", parameters: ["before", "after"], query: GROWTH },
];

/** The statement that makes a view or macro; comes after the tables that it is about. */
export function toCreateStatement({ name, parameters, query }: Definition): string {
  return parameters === undefined
    ? `CREATE VIEW ${name} AS ${query}`
    : `CREATE MACRO ${name}(${parameters.join(", ")}) AS TABLE ${query}`;
}
