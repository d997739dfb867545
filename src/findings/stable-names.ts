/**
 * Stable names: names of types, functions and variables as two runs or builds of one program have them alike. Numbers that the
 * compiler gives to closures and local types go, as do the shapes of generic functions, and places that nothing names.
 */

/** "func1", "func1.2", "func2.gowrap1", "gowrap3", "deferwrap1", "init.0.func1", "func1-range2". */
const CLOSURE = /\.(?:func|gowrap|deferwrap)\d+(?:-range\d+)?(?:\.(?:func|gowrap|deferwrap)?\d+(?:-range\d+)?)*/g;
const RANGE = /-range\d+/g;
/** Go 1.17's wrappers. */
const DWRAP = /·dwrap·\d+/g;
/** A type that is declared in a function: "main.T·1". */
const LOCAL_TYPE = /·\d+/g;
/** Before the parameters of instances of generic functions that several types share: "main.List[go.shape.int]". */
const SHAPE = "go.shape.";
/** Words that nothing names: "sp+0x28", "data+…", "+0x10". */
const PLACE = /^(?:sp|data|bss)?\+(?:0x[0-9a-f]+|…)/;
/** Of a variable of an inlined call, or of the callee's frame: "w (main.(*Watcher).loop)". */
const FUNCTION = / \([^()]*(?:\([^()]*\)[^()]*)*\)$/;

/** A function's or type's name without what differs between builds: "main.main.func…" for "main.main.func1.2". */
export function stableName(name: string): string {
  const numbered = name.replace(CLOSURE, ".func…").replace(RANGE, "").replace(DWRAP, "").replace(LOCAL_TYPE, "");
  return numbered.replaceAll(SHAPE, "");
}

/** The name of a pointer of a root without its function; "" for a place in a frame or segment, which says nothing elsewhere. */
export function stablePointerName(name: string): string {
  return PLACE.test(name) ? "" : name.replace(FUNCTION, "");
}
