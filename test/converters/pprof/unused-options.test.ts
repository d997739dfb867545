import { expect, test } from "vitest";
import pprof from "../../../converters/pprof/index.ts";
import { warnOfUnusedOptions } from "../../../converters/pprof/unused-options.ts";
import { NO_PROGRESS, type OptionSpec } from "../../../src/index.ts";
import { convertToBytes } from "../../support/conversion.ts";
import { drawHeap } from "../../support/heap-fixture.ts";

const SPECS: [name: string, spec: OptionSpec][] = Object.entries<OptionSpec>(pprof.options);
const DEFAULTS = Object.fromEntries(SPECS.map(([name, spec]) => [name, spec.default]));

function warningsOf(options: Readonly<Record<string, unknown>>): string[] {
  const warnings: string[] = [];
  const progress = { ...NO_PROGRESS, warn: (_code: string, message: string) => void warnings.push(message) };
  warnOfUnusedOptions({ profile: "", ...DEFAULTS, ...options }, progress);
  return warnings;
}

test("says which options a profile makes nothing of, and which profile would", () => {
  expect(warningsOf({ profile: "retained", "mem-profile-rate": 5 })).toEqual([
    "--mem-profile-rate has no effect with --profile retained, only with --profile heap",
  ]);
  expect(warningsOf({ profile: "types", "run-lengths": true, "max-depth": 9 })).toEqual([
    "--max-depth has no effect with --profile types, only with --profile retained, --profile owned, --profile sites",
    "--run-lengths has no effect with --profile types, only with --profile retained, --profile owned",
  ]);
  expect(warningsOf({ profile: "heap", "mem-profile-rate": 5 })).toEqual([]);
});

test.each(pprof.options.profile.values)("--profile %s says nothing of options that were not given", (profile) => {
  expect(warningsOf({ profile })).toEqual([]);
});

test("every option but --profile means something to one profile, and nothing to another", () => {
  for (const [name, spec] of SPECS) {
    if (name === "profile") continue;
    const value = spec.type === "boolean" ? !spec.default : 7;
    const silent = pprof.options.profile.values.filter(
      (profile) => warningsOf({ profile, [name]: value }).length === 0,
    );
    expect(silent.length).toBeGreaterThan(0);
    expect(silent.length).toBeLessThan(pprof.options.profile.values.length);
    for (const profile of silent) expect(String(spec.description)).toContain(profile);
  }
});

test("the converter warns", async () => {
  const heap = drawHeap((s) => s.global(s.object({ type: "main.T", size: 16 })));
  const { warnings } = await convertToBytes(pprof, heap, { profile: "types", "max-depth": 9 });
  expect(warnings).toEqual(["option-without-effect"]);
});
