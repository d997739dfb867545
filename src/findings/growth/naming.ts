/** Naming: what the names in a heap come from. Two heaps with names of different sources cannot be compared by them in full. */
import type { Heap } from "../../heap/heap.ts";
import { baseName } from "../../io/base-name.ts";
import type { Progress } from "../../progress.ts";
import { showName } from "../../shown-text.ts";

export interface Naming {
  readonly dump: string;
  /** Import path of the program's main package; undefined if no executable tells it. */
  readonly mainPackage: string | undefined;
  /** Whether package variables have names; undefined without an executable, or where the dump is cut off before the variables. */
  readonly hasVariables: boolean | undefined;
}

/** Takes it from a heap. */
export function namingOf({ dump, types, variables }: Heap): Naming {
  return {
    dump: baseName(dump.name),
    mainPackage: types.mainPackage,
    hasVariables: variables !== undefined ? true : types.fields === undefined || !dump.complete ? undefined : false,
  };
}

/** Warns where names of one heap are none of another, and what was nobody's seems to have come or gone: of each kind once. */
export function warnOfNames(namings: readonly Naming[], progress: Progress): void {
  const typed = namings.filter(({ hasVariables }) => hasVariables !== undefined);
  const named = typed.find(({ hasVariables }) => hasVariables);
  const nameless = typed.find(({ hasVariables }) => !hasVariables);
  if (named !== undefined && nameless !== undefined) {
    progress.warn(
      "mixed-names",
      `package variables have names in ${showName(named.dump)}, and none in ${showName(nameless.dump)}, whose executable is stripped: ` +
        "what they own seems to have gone, and come elsewhere; --symbols names them",
    );
  }
  const [first, ...rest] = namings.filter(({ mainPackage }) => mainPackage !== undefined);
  const other = rest.find(({ mainPackage }) => mainPackage !== first!.mainPackage);
  if (other !== undefined) {
    progress.warn(
      "several-programs",
      `${showName(first!.dump)} is of ${showName(first!.mainPackage!)}, and ${showName(other.dump)} of ` +
        `${showName(other.mainPackage!)}: names of one program say little of another`,
    );
  }
}
