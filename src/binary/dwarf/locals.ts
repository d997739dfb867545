/**
 * Locals: the variables of one function, read from its entry and what is below it: its own, those of blocks, and those of
 * the functions that were inlined into it. Nothing is kept.
 */
import { unescapeSymbol } from "../../symbol-names.ts";
import type { AddressLists, ExpressionRange } from "./address-lists.ts";
import { Form, Operation, Slot, Tag } from "./codes.ts";
import type { DwarfWarnings } from "./damage.ts";
import type { CapturedVariable, DebugLocal, DebugPiece } from "./debug-info.ts";
import type { DebugTypes } from "./debug-types.ts";
import { constantOf, Entry, isBlock, NONE, readEntry, referenceOf, skipChildren, textOf } from "./entry.ts";
import { evaluateLocation } from "./location.ts";
import type { DwarfSections } from "./sections.ts";
import type { Unit } from "./unit.ts";
import { findUnit } from "./units.ts";

/** References from an entry to the one it is an instance of; Go's are one long. */
const MAX_ORIGINS = 8;

/** What reading a function needs. */
export interface LocalsContext {
  readonly sections: DwarfSections;
  readonly units: readonly Unit[];
  readonly types: DebugTypes;
  readonly lists: AddressLists;
  readonly warnings: DwarfWarnings;
}

/** What an entry says itself or leaves to the entry that it is an instance of. */
interface Description {
  /** "" if there is none. */
  readonly name: string;
  /** Position of the type's entry, or NONE. */
  readonly type: number;
  /** NONE unless a closure holds the variable. */
  readonly closureOffset: number;
}

/** A scope in which variables are declared. */
interface Scope {
  readonly unit: Unit;
  /** Function whose source it is: an inlined one's, or that of the whole. */
  readonly functionName: string;
  readonly isInlined: boolean;
  /** The frame base is the canonical frame address, as always in Go. */
  readonly hasFrameBase: boolean;
}

/** Gives the name of the function whose entry is at a position, read into `entry`; "" if it has none. @throws DwarfDamage */
export function readFunctionName(context: LocalsContext, position: number, entry: Entry): string {
  const unit = findUnit(context.units, position);
  if (!unit) return "";
  readEntry(context.sections, unit, position, entry);
  return describe(context, unit, entry).name;
}

/** Reads the variables that are in scope at `pc` in the function whose entry is at `position`. What is damaged ends the list. */
export function readLocals(context: LocalsContext, position: number, pc: number): readonly DebugLocal[] {
  const locals: DebugLocal[] = [];
  context.lists.reset();
  walkFunction(
    context,
    position,
    (unit, scope) => context.lists.includes(unit, scope, pc),
    (scope, variable) => {
      const { name, type: typePosition } = describe(context, scope.unit, variable);
      if (name === "") return;
      const type = context.types.at(typePosition);
      const pieces = context.warnings.attempt<readonly DebugPiece[]>("a variable has no place", [], () =>
        readPieces(context, scope, variable, pc, type.size),
      );
      const isParameter = variable.tag === Tag.FormalParameter;
      const { functionName, isInlined } = scope;
      locals.push({ name, type, isParameter, function: functionName, isInlined, pieces });
    },
  );
  return locals;
}

/** Reads what closures of the function whose entry is at `position` capture, by ascending offset. */
export function readCaptured(context: LocalsContext, position: number): readonly CapturedVariable[] {
  const captured: CapturedVariable[] = [];
  walkFunction(
    context,
    position,
    // What an inlined closure captured is in another object.
    (_, scope) => scope.tag === Tag.LexicalBlock,
    ({ unit }, variable) => {
      const { name, type, closureOffset } = describe(context, unit, variable);
      if (name === "" || closureOffset <= 0) return;
      captured.push({ name, type: context.types.at(type), offset: closureOffset });
    },
  );
  return captured.sort((a, b) => a.offset - b.offset);
}

/** Calls back for the variables of all scopes that are to be entered, outer ones first. */
function walkFunction(
  context: LocalsContext,
  position: number,
  enters: (unit: Unit, scope: Entry) => boolean,
  visit: (scope: Scope, variable: Entry) => void,
): void {
  const { sections, units, warnings } = context;
  const unit = findUnit(units, position);
  if (!unit) return;
  warnings.attempt("a function's variables are incomplete", undefined, () => {
    const entry = new Entry();
    readEntry(sections, unit, position, entry);
    if (!entry.hasChildren) return;
    const hasFrameBase = isFrameAddress(sections, entry);
    const functionName = describe(context, unit, entry).name;
    const scopes: Scope[] = [{ unit, functionName, isInlined: false, hasFrameBase }];
    for (;;) {
      readEntry(sections, unit, entry.next, entry);
      const scope = scopes.at(-1)!;
      if (entry.tag === 0) {
        scopes.pop();
        if (scopes.length === 0) return;
        continue;
      }
      if (entry.tag === Tag.Variable || entry.tag === Tag.FormalParameter) {
        visit(scope, entry);
      } else if (entry.hasChildren && isScope(entry) && enters(unit, entry)) {
        const isInlined = entry.tag === Tag.InlinedSubroutine;
        scopes.push(isInlined ? { ...scope, functionName: describe(context, unit, entry).name, isInlined } : scope);
        continue;
      }
      if (entry.hasChildren) entry.next = skipChildren(sections, unit, entry.next);
    }
  });
}

function isScope(entry: Entry): boolean {
  return entry.tag === Tag.LexicalBlock || entry.tag === Tag.InlinedSubroutine;
}

function isFrameAddress(sections: DwarfSections, entry: Entry): boolean {
  if (!isBlock(entry, Slot.FrameBase) || entry.lengths[Slot.FrameBase] !== 1) return false;
  return sections.cursor("info").bytes[entry.values[Slot.FrameBase]!] === Operation.CallFrameCfa;
}

/** Reads what describes a variable or function, following references to what it is an instance of. @throws DwarfDamage */
function describe(context: LocalsContext, unit: Unit, entry: Entry): Description {
  const { sections, units } = context;
  let name = textOf(sections, unit, entry, Slot.Name) ?? "";
  let type = referenceOf(entry, Slot.Type);
  let closureOffset = constantOf(entry, Slot.GoClosureOffset);
  let origin = referenceOf(entry, Slot.AbstractOrigin);
  let other: Entry | undefined;
  for (let i = 0; i < MAX_ORIGINS && origin !== NONE; i++) {
    const home = findUnit(units, origin);
    if (!home) break;
    other ??= new Entry();
    readEntry(sections, home, origin, other);
    if (name === "") name = textOf(sections, home, other, Slot.Name) ?? "";
    if (type === NONE) type = referenceOf(other, Slot.Type);
    if (closureOffset === NONE) closureOffset = constantOf(other, Slot.GoClosureOffset);
    origin = referenceOf(other, Slot.AbstractOrigin);
  }
  return { name: unescapeSymbol(name), type, closureOffset };
}

function readPieces(
  context: LocalsContext,
  { unit, hasFrameBase }: Scope,
  variable: Entry,
  pc: number,
  size: number,
): readonly DebugPiece[] {
  const expression = findExpression(context, unit, variable, pc);
  if (!expression) return [];
  return evaluateLocation(expression, unit.addressSize, size, hasFrameBase, context.warnings);
}

function findExpression(
  { sections, lists }: LocalsContext,
  unit: Unit,
  variable: Entry,
  pc: number,
): ExpressionRange | undefined {
  if (isBlock(variable, Slot.Location)) {
    const start = variable.values[Slot.Location]!;
    return { cursor: sections.cursor("info"), start, end: start + variable.lengths[Slot.Location]! };
  }
  switch (variable.forms[Slot.Location]!) {
    case Form.SectionOffset:
    case Form.LocationListIndex:
    // DWARF ≤ 3 has no form of its own for offsets of sections.
    case Form.Data4:
    case Form.Data8:
      return lists.locationAt(unit, variable, pc);
    default:
      return undefined;
  }
}
