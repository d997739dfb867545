import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeStack, reportError } from "../../../src/cli/terminal/error-report.ts";
import { Interruption } from "../../../src/cli/terminal/terminal.ts";
import { ConverterError, ExecutableError, HeapDumpError, UsageError } from "../../../src/errors.ts";
import { ReaderGoneError } from "../../../src/io/sinks/stream-sink.ts";

test("who is at fault decides the exit code", () => {
  expect(reportError(new UsageError("wrong", { hint: "right" }))).toEqual({
    exitCode: 2,
    message: "wrong",
    hint: "right",
  });
  expect(reportError(new ConverterError("failed"))).toEqual({ exitCode: 1, message: "failed" });
  expect(reportError(new HeapDumpError("cut", { code: "truncated", position: 26 }))).toEqual({
    exitCode: 1,
    message: "heap dump: byte 0x1a (26): cut",
  });
  expect(reportError(new ExecutableError("not it", { code: "mismatch", hint: "another" }))).toEqual({
    exitCode: 1,
    message: "executable: not it",
    hint: "another",
  });
  expect(reportError(new Interruption(2)).exitCode).toBe(130);
  expect(reportError(new Interruption(15)).exitCode).toBe(143);
  expect(reportError(new ReaderGoneError("gone"))).toEqual({ exitCode: 0 });
});

test("errors of the system are in plain words", () => {
  let error: unknown;
  try {
    readFileSync("/absent/file");
  } catch (e) {
    error = e;
  }
  expect(reportError(error)).toEqual({ exitCode: 1, message: "/absent/file: no such file or directory" });
});

test("too large an allocation is no bug, anything else is", () => {
  expect(reportError(new RangeError("Array buffer allocation failed")).message).toContain("not enough memory");
  const bug = reportError(new TypeError("x is undefined"));
  expect(bug.message).toBe("internal error: x is undefined");
  expect(bug.hint).toContain("GOHD_DEBUG=1");
});

test("the stack has all causes", () => {
  const text = describeStack(new Error("above", { cause: new TypeError("below") }));
  expect(text).toMatch(/Error: above\n[\s\S]*caused by: TypeError: below\n/);
});
