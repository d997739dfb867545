/** Options that mean nothing to a profile: who gives one is told so, because the profile is not what they think. */
import type { Progress } from "../../src/index.ts";

interface OptionUse {
  readonly option: string;
  /** Given with this value it is as good as not given. */
  readonly fallback: number | boolean;
  /** The profiles that it means something to. */
  readonly profiles: readonly string[];
}

const USES: readonly OptionUse[] = [
  { option: "max-samples", fallback: 100_000, profiles: ["retained", "owned", "goroutine", "sites"] },
  { option: "max-depth", fallback: 64, profiles: ["retained", "owned", "sites"] },
  { option: "run-lengths", fallback: false, profiles: ["retained", "owned"] },
  { option: "merge-goroutines", fallback: true, profiles: ["retained", "owned"] },
  { option: "mem-profile-rate", fallback: 0, profiles: ["heap"] },
  { option: "site-calls", fallback: 1, profiles: ["sites"] },
];

/** Warns of options that were given and that `options.profile` makes nothing of. */
export function warnOfUnusedOptions(
  options: { readonly profile: string } & Readonly<Record<string, unknown>>,
  progress: Progress,
): void {
  for (const { option, fallback, profiles } of USES) {
    const value = options[option];
    if (value === undefined || value === fallback || profiles.includes(options.profile)) continue;
    const flag = value === false ? `--no-${option}` : `--${option}`;
    const others = profiles.map((profile) => `--profile ${profile}`).join(", ");
    progress.warn(
      "option-without-effect",
      `${flag} has no effect with --profile ${options.profile}, only with ${others}`,
    );
  }
}
