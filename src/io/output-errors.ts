/** Why an output cannot be written where it should go, in words. */
import { ConverterError } from "../errors.ts";
import { describeSystemError } from "./system-errors.ts";

/** The error for an output that is there already. `option` is what named it. */
export function alreadyExists(path: string, option = "-o"): ConverterError {
  return new ConverterError(`${path} exists already`, {
    hint: `use --force to replace it, or ${option} to choose another name`,
  });
}

/** Makes a system error of writing `path` presentable; other errors pass unchanged. */
export function cannotWrite(path: string, error: unknown): Error {
  if (error instanceof ConverterError) return error;
  return new ConverterError(`cannot write ${path}: ${describeSystemError(error)}`, { cause: error });
}
