/**
 * FrameTable: functions, locations and strings of a profile, each once. A location is one logical frame: a function, a
 * file and a line. Inlined calls have one of their own, because speedscope looks at one line per location only.
 */
import { Function as FunctionMessage, Line, Location, StringTable } from "pprof-format";
import { escapeText } from "../../src/index.ts";
import { unbroken } from "./frame-names.ts";

/** The one mapping that all locations are in. */
export const MAPPING_ID = 1;

/** Lines are below this. */
const LINES = 2 ** 32;

export class FrameTable {
  readonly strings = new StringTable();
  readonly functions: FunctionMessage[] = [];
  readonly locations: Location[] = [];
  readonly #functions = new Map<number, number>();
  readonly #locations = new Map<number, number>();
  readonly #named: boolean;

  /**
   * @param areFunctions whether names are those of functions in the program. pprof takes the brackets of other names for
   * C++ and cuts them out, unless it thinks that they were demangled already.
   */
  constructor(areFunctions: boolean) {
    this.#named = areFunctions;
  }

  /** Ids of locations are 1 … count. */
  get count(): number {
    return this.locations.length;
  }

  /** The id of the location that stands for a frame. Lines count from 1, 0 is unknown. */
  find(name: string, file = "", givenLine = 0): number {
    const functionId = this.#findFunction(this.text(name), this.text(file));
    // Only a damaged dump has negative ones.
    const line = Math.max(givenLine, 0);
    const key = functionId * LINES + line;
    let id = this.#locations.get(key);
    if (id === undefined) {
      id = this.locations.length + 1;
      this.locations.push(new Location({ id, mappingId: MAPPING_ID, line: [new Line({ functionId, line })] }));
      this.#locations.set(key, id);
    }
    return id;
  }

  /**
   * The id of the location that stands for a frame that is no function: what pprof is to show as a whole.
   * @param exact the same with import paths, as it is in Go: told where others have a file
   */
  findWords(short: string, exact = short): number {
    const shown = unbroken(short);
    return this.find(shown, shown === exact ? "" : exact);
  }

  /** The number of a string, escaped: people read it, on terminals, too. 0 for "". */
  text(text: string): number {
    return text === "" ? 0 : this.strings.dedup(escapeText(text));
  }

  #findFunction(name: number, filename: number): number {
    const key = name * LINES + filename;
    let id = this.#functions.get(key);
    if (id === undefined) {
      id = this.functions.length + 1;
      this.functions.push(new FunctionMessage({ id, name, systemName: this.#named ? name : 0, filename }));
      this.#functions.set(key, id);
    }
    return id;
  }
}
