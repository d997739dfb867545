/**
 * Things of libraries in sentences: what is in them goes when somebody calls what their documentation says, and not when the program lets
 * go of it; or never. So it is told beside what they keep, as if they were holders by themselves.
 */
import type { Holder } from "../holders/holder.ts";
import type { HolderPart } from "../holders/holder-parts.ts";

interface KnownThing {
  /** Without keys. */
  readonly path?: RegExp;
  readonly type?: RegExp;
  /** A part of it of which there are many. */
  readonly part?: RegExp;
  readonly explanation: string;
}

/** Parts below this number are what everybody has. */
const LEAST_PARTS = 100;

/** What lets go of what is in package unique's map, which no program can. unique/handle.go: since Go 1.23. */
const UNIQUE =
  "package unique's own map, of values of unique.Make: an entry goes once a collection finds no unique.Handle of it";

/** database/sql/sql.go, addDep: rows hang on their statement, and are closed with it. */
const STATEMENTS = "a sql.DB keeps each prepared statement until it is closed (defer stmt.Close())";

const KNOWN_THINGS: readonly KnownThing[] = [
  // From types to the maps of their values; in Go 1.23 of internal/concurrent.
  {
    type: /^internal\/(sync|concurrent)\.HashTrieMap\[\*internal\/abi\.Type,\s*interface \{\}\]$/,
    explanation: UNIQUE,
  },
  // The values of one type, where these are most: up to Go 1.24 a map of weak pointers, then one of package unique's own.
  {
    type: /^(internal\/(sync|concurrent)\.HashTrieMap\[.*,\s*(internal\/)?weak\.Pointer\[.*\]\]|unique\.(uniqueMap|canonMap|indirect)\[.*\])$/s,
    explanation: UNIQUE,
  },
  // runtime/cgo/handle.go.
  {
    path: /^runtime\/cgo\.handles(\.|$)/,
    explanation: "values of cgo.Handle: each is kept until Delete is called on its handle",
  },
  // os/signal/signal.go.
  {
    type: /^map\[chan<- os\.Signal\]\*os\/signal\.handler$/,
    explanation: "channels that were given to signal.Notify: each is kept until signal.Stop is called with it",
  },
  { type: /^database\/sql\.DB$/, part: /^database\/sql\.(Stmt|driverStmt|connStmt)$/, explanation: STATEMENTS },
  {
    type: /^map\[database\/sql\.finalCloser\]database\/sql\.depSet$/,
    part: /^database\/sql\.Stmt$/,
    explanation: STATEMENTS,
  },
  // reflect/type.go; runtime/runtime1.go, reflectOffs.
  {
    path: /^(reflect\.(ptrMap|structLookupCache|funcLookupCache|lookupCache|layoutCache)|runtime\.reflectOffs)(\.|$)/,
    explanation: "types that package reflect made at run time never go: make each of them once, and keep it",
  },
  // client_golang: prometheus/vec.go.
  {
    type: /^map\[uint64\]\[\]github\.com\/prometheus\/client_golang\/prometheus\.metricWithLabelValues$/,
    explanation:
      "a time series for each set of values that labels had: give them few values, or let go of old ones (DeleteLabelValues)",
  },
];

/** What is to be known of a holder that is a library's; nothing of all others. */
export function explainKnownThing({ pathWithoutKeys, type, parts }: Holder): string[] {
  const known = KNOWN_THINGS.find(
    (thing) =>
      (thing.path?.test(pathWithoutKeys) ?? true) &&
      (thing.type?.test(type) ?? true) &&
      (thing.part === undefined || parts.some((part) => isMany(part, thing.part!))),
  );
  return known === undefined ? [] : [known.explanation];
}

function isMany({ type, count, mostly }: HolderPart, of: RegExp): boolean {
  const contents = mostly.filter((each) => of.test(each.type));
  return (of.test(type) && count >= LEAST_PARTS) || contents.some((each) => each.count >= LEAST_PARTS);
}
