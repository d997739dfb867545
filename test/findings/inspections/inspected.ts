/** Draws a heap and inspects it. */

import { expect } from "vitest";
import type { Finding } from "../../../src/findings/finding.ts";
import { computeFindings } from "../../../src/findings/inspect.ts";
import type { NameSource } from "../../../src/typing/match/name-source.ts";
import type { DumpBuilder, DumpOptions, Slot } from "../../support/dump-builder.ts";
import type { FixtureType, TypeFixture } from "../../typing/type-fixture.ts";
import { typeDump } from "../../typing/typed-dump.ts";

/** What inspections find in a drawn heap. */
export async function inspect(
  types: TypeFixture,
  draw: (d: DumpBuilder) => void,
  options: DumpOptions & { readonly names?: NameSource; readonly dependencies?: readonly string[] } = {},
): Promise<readonly Finding[]> {
  const { heap } = await typeDump(types, draw, options);
  const { dependencies = [] } = options;
  const findings = await computeFindings({ ...heap, types: { ...heap.types, dependencies } });
  // Of one thing no sentence may speak as of several.
  for (const { problem } of findings) expect(problem).not.toMatch(MANY_OF_ONE);
  return findings;
}

const MANY_OF_ONE =
  /\b1 (?:[a-z]+ )?(?:objects|values|maps|contexts|timers|buffers|pages|stacks|slots|texts|goroutines|interfaces)\b|\b1 [a-z ]*?\b(?:are|have|keep|hold|take|wait|box|point)\b/;

/** Adds a global interface that holds a pointer to a value, and so tells its type. */
export function rootPointer(d: DumpBuilder, types: TypeFixture, type: FixtureType, object: Slot): void {
  const at = d.data.size;
  d.data.size += 2 * d.pointerSize;
  d.data.store(at, types.pointer(type).address).point(at + d.pointerSize, object);
}

/** Those of a kind, as "holder: problem". */
export function sentences(findings: readonly Finding[], kind: Finding["kind"]): string[] {
  return findings.filter((finding) => finding.kind === kind).map(({ holder, problem }) => `${holder}: ${problem}`);
}
