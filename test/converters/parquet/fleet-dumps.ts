/** Dumps of samples in folders, as a fleet leaves them: service/host/hour, two builds of each service; and the README's queries of them. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { sampleNames, samplePath } from "../../support/sample-dumps.ts";
import { executablePath } from "../../support/typed-samples.ts";

export interface FleetDump {
  readonly service: string;
  /** Stands for the build as well. */
  readonly host: string;
  readonly hour: string;
  /** Of a sample, and of its executable. */
  readonly sample: string;
  readonly executable: string;
}

/** How paths of its dumps tell partitions. */
export const FLEET_PATTERN = "{service}/{host}/{hour}";

/** The samples of these services that have an executable, or of all; before and after are two hours of a process. */
export function listFleet(executables: readonly string[], services?: readonly string[]): readonly FleetDump[] {
  return sampleNames().flatMap((sample) => {
    const [, service, moment, host] = /^(\w+?)(-before|-after)?\.(.*)$/.exec(sample)!;
    const executable = `${service}.${host}`;
    if (!executables.includes(executable) || services?.includes(service!) === false) return [];
    return [{ service: service!, host: host!, hour: moment === "-before" ? "09" : "10", sample, executable }];
  });
}

/** Puts the dumps into folders below `folder`; returns the `--exe` that they need. */
export function layOutFleet(dumps: readonly FleetDump[], folder: string): readonly string[] {
  for (const { service, host, hour, sample } of dumps) {
    mkdirSync(join(folder, service, host), { recursive: true });
    const path = samplePath(sample);
    copyFileSync(path, join(folder, service, host, `${hour}.dump.${path.endsWith(".gz") ? "gz" : "zst"}`));
  }
  return [...new Set(dumps.map(({ executable }) => executable))].flatMap((name) => ["--exe", executablePath(name)]);
}
