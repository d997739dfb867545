import { expect, test } from "vitest";
import { FuzzReport } from "./report.ts";

test("says how far a run is: inputs, faults, the slowest, the peak", () => {
  const report = new FuzzReport(7);
  expect(report.describeProgress()).toBe("0 inputs, 0 faults, peak 0 MB");
  const end = { name: "", endings: [], milliseconds: 10, peakMegabytes: 90 };
  report.add({ ...end, index: 0 });
  report.add({ ...end, index: 1, milliseconds: 1500, fault: { step: "read", message: "one" } });
  report.add({ ...end, index: 2, peakMegabytes: 80, fault: { step: "read", message: "one" } });
  expect(report.describeProgress()).toBe("3 inputs, 2 faults, slowest 1,500 ms (input 1), peak 90 MB");
});
