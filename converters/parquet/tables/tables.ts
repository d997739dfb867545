/** All tables, in the order in which they are written: `dump` last, because its row says that the others are there. */
import { contentsTable, stringsTable } from "./contents-tables.ts";
import { dumpTable, gcPausesTable, memstatsTable } from "./dump-tables.ts";
import { edgeNamesTable, edgesTable } from "./edges-table.ts";
import { finalizersTable } from "./finalizers-table.ts";
import { findingsTable } from "./findings-table.ts";
import { framesTable, goroutinesTable } from "./goroutines-tables.ts";
import { holdersTable } from "./holders-table.ts";
import { objectsTable } from "./objects-table.ts";
import { allocSamplesTable, memprofBucketsTable, memprofFramesTable } from "./profile-tables.ts";
import { rootsTable, rootVerticesTable, segmentsTable, variablesTable } from "./roots-tables.ts";
import type { Table } from "./table.ts";
import { fieldsTable, itabsTable, typesTable } from "./types-tables.ts";
import { channelsTable, mapsTable, placesTable, slicesTable, stringUsesTable } from "./use-tables.ts";

export const TABLES: readonly Table[] = [
  objectsTable,
  edgesTable,
  edgeNamesTable,
  rootsTable,
  rootVerticesTable,
  typesTable,
  fieldsTable,
  goroutinesTable,
  framesTable,
  finalizersTable,
  itabsTable,
  memprofBucketsTable,
  memprofFramesTable,
  allocSamplesTable,
  segmentsTable,
  variablesTable,
  slicesTable,
  stringUsesTable,
  mapsTable,
  channelsTable,
  placesTable,
  findingsTable,
  holdersTable,
  memstatsTable,
  gcPausesTable,
  stringsTable,
  contentsTable,
  dumpTable,
];
