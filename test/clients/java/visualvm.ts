/** VisualVM's library, which reads heaps without its windows; Debian's package visualvm has it. Needs a JDK. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIBRARY = "/usr/share/visualvm/visualvm/modules/org-graalvm-visualvm-lib-jfluid-heap.jar";

/** The library; undefined if it or Java is not installed. */
export const VISUALVM = existsSync(LIBRARY) && spawnSync("javac", ["-version"]).status === 0 ? LIBRARY : undefined;

export interface JavaFigures {
  /** Instances by class. */
  readonly classes: ReadonlyMap<string, number>;
  /** Of the instances, by id. */
  readonly instances: ReadonlyMap<
    number,
    { readonly className: string; readonly size: number; readonly retained: number }
  >;
  /** Stacks by the id of the thread's object, innermost frame first. */
  readonly stacks: ReadonlyMap<number, readonly string[]>;
  readonly locals: readonly { readonly thread: number; readonly frame: number; readonly to: number }[];
  /** What the fields of frames refer to, which are locals as well. */
  readonly variables: readonly { readonly name: string; readonly to: number }[];
}

/** What the library sees in a file. */
export function readWithVisualVm(file: Uint8Array): JavaFigures {
  const folder = mkdtempSync(join(tmpdir(), "gohd-test-visualvm-"));
  try {
    const path = join(folder, "heap.hprof");
    writeFileSync(path, file);
    const program = join(import.meta.dirname, "HeapFigures.java");
    const options = { encoding: "utf8", maxBuffer: 1 << 28 } as const;
    return parse(execFileSync("java", ["-cp", VISUALVM!, program, path], options));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parse(text: string): JavaFigures {
  const classes = new Map<string, number>();
  const instances = new Map<number, { className: string; size: number; retained: number }>();
  const stacks = new Map<number, string[]>();
  const variables: { name: string; to: number }[] = [];
  const locals: { thread: number; frame: number; to: number }[] = [];
  for (const line of text.split("\n")) {
    const [what, a, b, c, d] = line.split("\t") as [string, ...string[]];
    if (what === "class") classes.set(a!, Number(b));
    else if (what === "frame") stacks.set(Number(a), [...(stacks.get(Number(a)) ?? []), b!]);
    else if (what === "local") locals.push({ thread: Number(a), frame: Number(b), to: Number(c) });
    else if (what === "variable") variables.push({ name: a!, to: Number(b) });
    else if (what === "instance") instances.set(Number(a), { className: b!, size: Number(c), retained: Number(d) });
  }
  return { classes, instances, stacks, locals, variables };
}
