import { expect, test } from "vitest";
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare, formatSpan } from "../src/quantities.ts";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.00 KiB"],
  [1536, "1.50 KiB"],
  [10_240, "10.0 KiB"],
  [1_048_575, "1.00 MiB"],
  [104_857_600, "100 MiB"],
  [5 * 2 ** 40, "5.00 TiB"],
  [5000 * 2 ** 40, "5000 TiB"],
])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test("counts", () => {
  expect([0, 999, 1000, 1_234_567, 12_345_678].map(formatCount)).toEqual([
    "0",
    "999",
    "1,000",
    "1,234,567",
    "12,345,678",
  ]);
  expect(formatNumber(1, "object")).toBe("1 object");
  expect(formatNumber(2000, "object")).toBe("2,000 objects");
});

test("shares are 0 % and 100 % only when they are", () => {
  expect(formatShare(0, 0)).toBe("0 %");
  expect(formatShare(1, 10_000)).toBe("< 0.1 %");
  expect(formatShare(123, 1000)).toBe("12.3 %");
  expect(formatShare(9_999, 10_000)).toBe("> 99.9 %");
  expect(formatShare(7, 7)).toBe("100 %");
  expect(formatShare(1001, 1000)).toBe("> 100 %");
  expect(formatShare(1222, 1000)).toBe("122 %");
  expect(formatShare(12_345, 1000)).toBe("1,235 %");
});

test("durations", () => {
  expect([420, 12_340, 59_960, 245_000].map(formatDuration)).toEqual(["0.42 s", "12.3 s", "1 min 00 s", "4 min 05 s"]);
});

test("spans of time", () => {
  const seconds = [0, 8.04, 59, 60, 90, 3570, 3600, 9000, 86_400, 172_800, 1e7];
  expect(seconds.map(formatSpan)).toEqual([
    "0 s",
    "8 s",
    "59 s",
    "1 min",
    "1.5 min",
    "60 min",
    "1 h",
    "2.5 h",
    "24 h",
    "2 days",
    "116 days",
  ]);
});
