"""Asks Spark the queries of a file, a JSON array, of a directory that gohd wrote, and prints the rows as JSON.

spark-submit spark_fleet.py DIRECTORY QUERIES
"""

import json
import os
import sys
import time
from decimal import Decimal

from pyspark.sql import SparkSession

directory, queries = sys.argv[1:]
spark = (
    SparkSession.builder.config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    # Two hundred tasks for a few thousand rows are mostly waiting.
    .config("spark.sql.shuffle.partitions", "4")
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
started = time.monotonic()
for table in os.listdir(directory):
    if not table.startswith("_"):
        spark.read.parquet(f"{directory}/{table}").createOrReplaceTempView(table)
seconds = [time.monotonic() - started]


def plain(value):
    return int(value) if isinstance(value, Decimal) else value


answers = []
for query in json.load(open(queries)):
    started = time.monotonic()
    rows = spark.sql(query.strip().rstrip(";")).collect()
    seconds.append(time.monotonic() - started)
    answers.append([{name: plain(value) for name, value in row.asDict().items()} for row in rows])
executors = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
print(json.dumps({"version": spark.version, "executors": executors, "answers": answers, "seconds": seconds}))
spark.stop()
