/**
 * The contract between gohd and whatever writes a format. A converter is a value: it says who it is, which options it
 * takes (as data, so that help, checks and types come from one place) and has one function that writes the heap.
 */
import type { Growth } from "../findings/growth/growth.ts";
import type { Heap } from "../heap/heap.ts";
import type { Analysis } from "../heap/memo.ts";
import type { Sink } from "../io/sinks/sink.ts";
import type { Progress } from "../progress.ts";

/** The contract's version; a converter with another one is refused. */
export const CONVERTER_API_VERSION = 1;

/** An option of a converter, as data. Help, checks and types come from it. */
export type OptionSpec =
  | {
      readonly type: "boolean";
      readonly default: boolean;
      readonly description: string;
      /** What --no-<name> does, for help to describe it if the default is true. */
      readonly off?: string;
    }
  | {
      readonly type: "integer";
      readonly default: number;
      readonly min?: number;
      readonly max?: number;
      readonly description: string;
    }
  | { readonly type: "string"; readonly default: string; readonly description: string }
  | {
      readonly type: "choice";
      readonly values: readonly string[];
      readonly default: string;
      readonly description: string;
    }
  /** May be given several times; `what` says for people what each is: "key=value". */
  | {
      readonly type: "list";
      readonly what: string;
      readonly default: readonly string[];
      readonly description: string;
    };

/** Option name (lower case, dashes) to its specification. */
export type OptionsSchema = Readonly<Record<string, OptionSpec>>;

/** The values of a converter's options, by the names in its schema. */
export type OptionValues<S extends OptionsSchema> = {
  readonly [K in keyof S]: S[K] extends { readonly type: "boolean" }
    ? boolean
    : S[K] extends { readonly type: "integer" }
      ? number
      : S[K] extends { readonly type: "choice"; readonly values: readonly (infer V)[] }
        ? V
        : S[K] extends { readonly type: "list" }
          ? readonly string[]
          : string;
};

/** Contents of the dumped process's memory in an output. */
export interface HeldContents {
  /** What, for people: "texts of strings". */
  readonly what: string;
  /** The boolean option that decides whether it is there, if one does. */
  readonly option?: string;
}

/** What an output holds of the dumped process beside names of types, functions, variables and source files. */
export interface Holdings {
  /** Addresses of objects. */
  readonly addresses: boolean;
  /** Empty if there are never any. */
  readonly contents: readonly HeldContents[];
}

/** What writes a heap in one format. `defineConverter` makes one; converters/README.md explains how. */
export interface Converter<S extends OptionsSchema = OptionsSchema> {
  /** Contract version; a loader refuses other numbers with a message naming both. */
  readonly apiVersion: typeof CONVERTER_API_VERSION;
  /** What `--to` takes: lower case, no spaces, unique. */
  readonly name: string;
  /** One line for `gohd converters`: what it writes and which client opens it. */
  readonly description: string;
  /**
   * `extension` without its dot. `binary` outputs are refused on a terminal; `directory` outputs need `-o`. `variant` names
   * the option that tells outputs of one dump apart: its value comes before the extension in default names, as in
   * app.heap.pb.gz. `addedWith` names a list option with which the output is added to a directory that may hold others.
   * `needsPath` says that the file is written by way of a real path, so that it can be neither piped nor packed.
   */
  readonly output: {
    readonly kind: "file" | "directory";
    readonly extension: string;
    readonly binary: boolean;
    readonly variant?: keyof S & string;
    readonly addedWith?: keyof S & string;
    readonly needsPath?: boolean;
  };
  readonly options: S;
  /** Whether it shows what grew since earlier dumps: the command line takes `--before` then, and hands in the comparison. */
  readonly showsGrowth?: boolean;
  /** What is handed on with an output, for `gohd converters`: a dump may hold secrets. */
  readonly holds?: Holdings;
  /**
   * The files that `convert` will write into its directory, in that order; for `output.addedWith`, so that one which is there
   * already is refused before the dump is read.
   * @throws UsageError for options that do not go together
   */
  listFiles?(options: OptionValues<S>): readonly string[];
  /**
   * The analyses that `convert` asks for, and those that these ask for in turn. A run with several outputs keeps them for
   * the outputs to come and lets go of the others; of a converter without this it knows nothing, and keeps all for it.
   * What is missing is computed again.
   */
  uses?(options: OptionValues<S>): readonly Analysis<unknown>[];
  /**
   * Tells before the dump is read, which may take minutes, that the converter cannot work here, such as for want of a
   * package.
   * @throws ConverterError that says what to do
   */
  check?(): Promise<void>;
  /**
   * Writes the whole heap to `sink`.
   * @param growth what grew from earlier dumps to this one, if they were given; only for converters that show it
   * @throws ConverterError; on abort, `progress.signal.reason`.
   */
  convert(heap: Heap, sink: Sink, options: OptionValues<S>, progress: Progress, growth?: Growth): Promise<void>;
}

/** Returns its argument; it is there so that TypeScript infers the option types. */
export function defineConverter<const S extends OptionsSchema>(converter: Converter<S>): Converter<S> {
  return converter;
}
