"""Reads tables that gohd wrote with one of Python's readers of Parquet, and prints figures of them as JSON.

parquet_figures.py CLIENT DIRECTORY
"""

import json
import sys

client, directory = sys.argv[1:]


def path(table):
    return f"{directory}/{table}.parquet"


# For those that speak SQL; {x} is how the client calls a file.
FIGURES = """SELECT count(*), sum(size), sum(CASE WHEN reachable THEN retained ELSE 0 END),
  sum(CASE WHEN idom IS NULL THEN 1 ELSE 0 END), max(address) FROM {objects}"""
ROOTS = "SELECT kind, count(*) FROM {roots} GROUP BY kind"
TYPES = """SELECT t.name, count(*) AS n, sum(o.size) AS bytes FROM {objects} o JOIN {types} t ON t.id = o.type_id
  WHERE o.reachable GROUP BY t.name ORDER BY bytes DESC, t.name LIMIT 10"""


def with_sql(version, query, name_file):
    names = {table: name_file(path(table)) for table in ("objects", "roots", "types")}
    objects, size, retained, nulls, address = query(FIGURES.format(**names))[0]
    return version, objects, size, retained, nulls, address, query(ROOTS.format(**names)), query(TYPES.format(**names))


def with_duckdb():
    import duckdb

    return with_sql(duckdb.__version__, lambda sql: duckdb.sql(sql).fetchall(), lambda file: f"'{file}'")


def with_chdb():
    import chdb

    def query(sql):
        # Its integers of 64 bits would be texts.
        settings = " SETTINGS output_format_json_quote_64bit_integers = 0"
        return json.loads(str(chdb.query(sql + settings, "JSONCompact")))["data"]

    version = query("SELECT version()")[0][0]
    return with_sql(version, query, lambda file: f"file('{file}', Parquet)")


def with_pandas():
    import pandas

    objects, roots, types = (pandas.read_parquet(path(table)) for table in ("objects", "roots", "types"))
    live = objects[objects.reachable]
    named = live.merge(types, left_on="type_id", right_on="id", suffixes=("", "_of_type"))
    groups = named.groupby("name")["size"].agg(["count", "sum"]).reset_index()
    top = groups.sort_values(["sum", "name"], ascending=[False, True]).head(10)
    return (
        pandas.__version__,
        len(objects),
        objects["size"].sum(),
        live.retained.sum(),
        objects.idom.isna().sum(),
        objects.address.max(),
        list(roots.groupby("kind", observed=True).size().items()),
        top.values.tolist(),
    )


def with_pyarrow():
    import pyarrow
    import pyarrow.compute as compute
    import pyarrow.parquet as parquet

    objects, roots, types = (parquet.read_table(path(table)) for table in ("objects", "roots", "types"))
    live = objects.filter(compute.field("reachable"))
    named = live.select(["type_id", "size"]).join(types.select(["id", "name"]), keys="type_id", right_keys="id")
    top = named.group_by("name").aggregate([("size", "count"), ("size", "sum")])
    top = top.sort_by([("size_sum", "descending"), ("name", "ascending")]).slice(0, 10).to_pylist()
    kinds = roots.group_by("kind").aggregate([("id", "count")]).to_pylist()
    return (
        pyarrow.__version__,
        objects.num_rows,
        compute.sum(objects["size"]).as_py(),
        compute.sum(live["retained"]).as_py(),
        objects["idom"].null_count,
        compute.max(objects["address"]).as_py(),
        [(row["kind"], row["id_count"]) for row in kinds],
        [(row["name"], row["size_count"], row["size_sum"]) for row in top],
    )


def with_polars():
    import polars

    objects, roots, types = (polars.scan_parquet(path(table)) for table in ("objects", "roots", "types"))
    live = objects.filter(polars.col("reachable"))
    sums = objects.select(
        polars.len(), polars.col("size").sum(), polars.col("idom").null_count(), polars.col("address").max()
    ).collect()
    count, size, nulls, address = sums.row(0)
    named = live.join(types.select("id", "name"), left_on="type_id", right_on="id")
    groups = named.group_by("name").agg(polars.len(), polars.col("size").sum())
    return (
        polars.__version__,
        count,
        size,
        live.select(polars.col("retained").sum()).collect().item(),
        nulls,
        address,
        roots.group_by("kind").len().collect().rows(),
        groups.sort(["size", "name"], descending=[True, False]).head(10).select("name", "len", "size").collect().rows(),
    )


WAYS = {
    "duckdb": with_duckdb,
    "chdb": with_chdb,
    "pandas": with_pandas,
    "pyarrow": with_pyarrow,
    "polars": with_polars,
}
version, objects, size, retained, nulls, address, roots, types = WAYS[client]()
figures = {
    "version": version,
    "objects": int(objects),
    "size": int(size),
    "retained": int(retained),
    "withoutDominator": int(nulls),
    "highest": str(address),
    "roots": {str(kind): int(count) for kind, count in roots},
    "types": [[name, int(count), int(bytes)] for name, count, bytes in types],
}
print(json.dumps(figures))
