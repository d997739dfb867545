/** The options of every command that reads a dump, in the groups in which help shows them. */
import type { Command } from "commander";
import { addWorkersOption } from "../options/workers-option.ts";
import { addExecutableOptions } from "./executable-options.ts";
import { addIndexOptions } from "./index-options.ts";

export interface InputOptionTexts {
  /** What --quiet does; it shows no progress unless told otherwise. */
  readonly quiet?: string;
  /** Whether `--exe` may be given more than once. */
  readonly severalExecutables?: boolean;
  /** Whether a cut dump can be read; it can, unless told otherwise. */
  readonly canSalvage?: boolean;
}

/** What help calls a dump that a command takes. */
export const DUMP_ARGUMENT = 'the dump: a file, plain or packed with gzip or zstd; "-" reads standard input';

/** Adds `--exe` and its kin, `--cache`, `--workers`, `--salvage` and `--quiet`. Help stands in the last group. */
export function addInputOptions(
  command: Command,
  { quiet = "show no progress", severalExecutables = false, canSalvage = true }: InputOptionTexts = {},
): void {
  command.optionsGroup("Types:");
  addExecutableOptions(command, { several: severalExecutables });
  command.optionsGroup("Speed:");
  addIndexOptions(command);
  addWorkersOption(command);
  addOtherOptions(command, { quiet, canSalvage });
}

/** Adds the last group: `--salvage`, `--quiet`, and with them help. */
export function addOtherOptions(
  command: Command,
  { quiet = "show no progress", canSalvage = true }: InputOptionTexts = {},
): void {
  command.optionsGroup("Other:");
  if (canSalvage) command.option("--salvage", "read what is there of a truncated dump");
  command.option("-q, --quiet", quiet).helpOption("-h, --help", "show this help");
}
