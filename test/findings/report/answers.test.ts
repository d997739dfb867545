import { expect, it } from "vitest";
import type { Finding } from "../../../src/findings/finding.ts";
import { findAnswers } from "../../../src/findings/report/answers.ts";
import type { RuleName } from "../../../src/findings/rules.ts";
import type { Heap } from "../../../src/heap/heap.ts";
import { NO_PROGRESS } from "../../../src/progress.ts";
import { typedSample } from "../../support/typed-samples.ts";

function finding(kind: RuleName, bytes: number): Finding {
  return {
    ...{ kind, holder: "main.T", holderKind: "type", bytes, share: bytes / 1000, isLive: true, count: 1, good: 0 },
    ...{ problem: "", advice: "", evidence: {}, objects: [], guessed: 0, fingerprint: kind },
  };
}

async function answersOf(heap: Heap, ...findings: Finding[]) {
  const goroutines = { groups: [], groupOf: new Int32Array(heap.goroutines.count) };
  const sources = { holders: [], goroutines, groupCount: 0, findings, container: undefined, liveBytes: 1000 };
  return findAnswers(heap, sources, NO_PROGRESS);
}

it("a finding is an answer by itself from a tenth of the live bytes on, unless it is about how things are laid out", async () => {
  const heap = await typedSample("queue.1.22.amd64", "queue.1.22.amd64");
  const answers = await answersOf(
    heap,
    finding("zero-fields", 600),
    finding("finalizer-cycle", 500),
    finding("size-class-waste", 400),
    finding("sparse-map", 99),
  );
  expect(answers).toMatchObject([{ leads: "finding", cause: 1, bytes: 500, share: 0.5, holder: null, address: null }]);
});
