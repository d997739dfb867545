/**
 * Locations: where an expression says that a variable is. Only one kind of place is of use in a heap dump, memory at a
 * fixed distance from the canonical frame address; a register, or a place that has to be computed from one, is none.
 */
import type { ExpressionRange } from "./address-lists.ts";
import { Operation } from "./codes.ts";
import type { DwarfWarnings } from "./damage.ts";
import type { DebugPiece } from "./debug-info.ts";

/** A value on the stack of an expression: a number, to which the canonical frame address is added `frames` times. */
interface Value {
  readonly number: number;
  readonly frames: number;
}

/** Deeper stacks than any compiler needs. */
const MAX_STACK = 64;

/** The place described so far: nowhere yet, in memory, in a register, or a value that is nowhere in memory. */
type Place = "memory" | "elsewhere";

/**
 * Evaluates an expression for a variable of `size` bytes. Gives the pieces that are in memory relative to the frame, none
 * if there are none.
 * @param hasFrameBase the function's frame base is its canonical frame address, as always in Go
 * @throws DwarfDamage
 */
export function evaluateLocation(
  expression: ExpressionRange,
  addressSize: number,
  size: number,
  hasFrameBase: boolean,
  warnings: DwarfWarnings,
): readonly DebugPiece[] {
  const cursor = expression.cursor.seek(expression.start, expression.end);
  const pieces: DebugPiece[] = [];
  const stack: Value[] = [];
  let place: Place = "memory";
  let offset = 0;
  let isSplit = false;

  const push = (number: number, frames = 0): void => {
    if (stack.length >= MAX_STACK) cursor.fail("an expression is too long");
    stack.push({ number, frames });
  };
  const pop = (): Value => stack.pop() ?? cursor.fail("an expression takes what is not there");
  const end = (length: number): void => {
    const top = stack.pop();
    // An address of its own is a global's, and beyond the stack.
    if (place === "memory" && top?.frames === 1 && length > 0)
      pieces.push({ offset, size: length, frameOffset: top.number });
    place = "memory";
    stack.length = 0;
    offset += length;
  };

  while (cursor.position < cursor.end) {
    const operation = cursor.uint8();
    switch (operation) {
      case Operation.FrameBase: {
        const distance = cursor.sleb();
        if (hasFrameBase) push(distance, 1);
        else place = "elsewhere";
        break;
      }
      case Operation.CallFrameCfa:
        push(0, 1);
        break;
      case Operation.Address:
        push(cursor.unsigned(addressSize));
        break;
      case Operation.Const1u:
        push(cursor.unsigned(1));
        break;
      case Operation.Const1s:
        push(cursor.signed(1));
        break;
      case Operation.Const2u:
        push(cursor.unsigned(2));
        break;
      case Operation.Const2s:
        push(cursor.signed(2));
        break;
      case Operation.Const4u:
        push(cursor.unsigned(4));
        break;
      case Operation.Const4s:
        push(cursor.signed(4));
        break;
      case Operation.Const8u:
        push(cursor.unsigned(8));
        break;
      case Operation.Const8s:
        push(cursor.signed(8));
        break;
      case Operation.ConstUnsigned:
        push(cursor.uleb());
        break;
      case Operation.ConstSigned:
        push(cursor.sleb());
        break;
      case Operation.Plus: {
        const [b, a] = [pop(), pop()];
        push(a.number + b.number, a.frames + b.frames);
        break;
      }
      case Operation.Minus: {
        const [b, a] = [pop(), pop()];
        push(a.number - b.number, a.frames - b.frames);
        break;
      }
      case Operation.PlusUnsigned: {
        const a = pop();
        push(a.number + cursor.uleb(), a.frames);
        break;
      }
      case Operation.RegisterX:
      case Operation.AddressIndex:
      case Operation.ConstIndex:
        cursor.uleb();
        place = "elsewhere";
        break;
      case Operation.BaseRegisterX:
        cursor.uleb();
        cursor.sleb();
        place = "elsewhere";
        break;
      case Operation.ImplicitValue:
        cursor.skip(cursor.uleb());
        place = "elsewhere";
        break;
      // Variables that live on the heap, for some results: a slot of the frame points to them.
      case Operation.Dereference:
      case Operation.StackValue:
        place = "elsewhere";
        break;
      case Operation.Nop:
        break;
      case Operation.Piece:
        isSplit = true;
        end(cursor.uleb());
        break;
      default:
        if (operation >= Operation.Literal0 && operation <= Operation.Literal31) push(operation - Operation.Literal0);
        else if (operation >= Operation.Register0 && operation <= Operation.Register31) place = "elsewhere";
        else if (operation >= Operation.BaseRegister0 && operation <= Operation.BaseRegister31) {
          cursor.sleb();
          place = "elsewhere";
        } else {
          // Its operands are of unknown length, so that the rest cannot be read; what came before is as true as ever.
          warnings.add(`locations with the operation 0x${operation.toString(16)} are not followed`);
          return pieces;
        }
    }
  }
  if (!isSplit) end(size);
  return pieces;
}
