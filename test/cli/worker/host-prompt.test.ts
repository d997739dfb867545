import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { HostMeans } from "../../../src/cli/worker/host-means.ts";
import { HostPrompt } from "../../../src/cli/worker/host-prompt.ts";
import type { ToWorker } from "../../../src/cli/worker/messages.ts";
import { testTerminal } from "../test-terminal.ts";

const CTRL_C = "\x03";

/** A prompt whose user types into `keys`. */
function open(patience = 2 ** 30, onTold: (message: ToWorker) => void = () => {}) {
  const keys = new PassThrough();
  const terminal = testTerminal();
  const host = {
    input: { fd: 1, isTTY: true, stream: () => keys },
    output: terminal.output,
    errors: terminal.errors,
  } as unknown as HostMeans;
  const told: ToWorker[] = [];
  let isImpatient = false;
  const prompt = new HostPrompt(
    host,
    (message) => {
      told.push(message);
      onTold(message);
    },
    () => {
      isImpatient = true;
    },
    patience,
  );
  prompt.open(["SELECT 1;"], 10);
  prompt.show("gohd> ");
  return {
    keys,
    terminal,
    prompt,
    told,
    lines: () => told.flatMap((message) => (message.type === "line" ? [message.line] : [])),
    impatient: () => isImpatient,
  };
}

test("tells lines in their order, the history, and the end", async () => {
  const { keys, told, lines, terminal } = open();
  keys.write("first\rsecond\r");
  keys.end();
  await expect.poll(() => told.at(-1)).toEqual({ type: "lines-ended" });
  expect(lines()).toEqual(["first", "second"]);
  expect(told).toContainEqual({ type: "history", lines: ["second", "first", "SELECT 1;"] });
  expect(terminal.outputText()).toContain("gohd> ");
});

test("Ctrl-C drops what was typed, and is told", async () => {
  const { keys, told, lines, prompt } = open();
  keys.write(`SELECT oops${CTRL_C}`);
  await expect.poll(() => told).toContainEqual({ type: "interrupt" });
  keys.write("SELECT 2;\r");
  await expect.poll(lines).toEqual(["SELECT 2;"]);
  prompt.close();
});

test("a query that does not stop is said so, and Ctrl-C once more ends gohd", async () => {
  const { keys, told, terminal, prompt, impatient } = open(5);
  keys.write(CTRL_C);
  await expect.poll(() => terminal.errorText()).toBe("the query does not stop; Ctrl-C once more ends gohd\n");
  expect(impatient()).toBe(false);
  keys.write(CTRL_C);
  await expect.poll(impatient).toBe(true);
  expect(told.filter(({ type }) => type === "interrupt")).toHaveLength(1);
  prompt.close();
});

test("a query that stops leaves no grudge", async () => {
  const { keys, told, prompt, terminal, impatient } = open(20, (message) => {
    if (message.type === "interrupt") prompt.show("gohd> ");
  });
  keys.write(CTRL_C);
  await expect.poll(() => told).toContainEqual({ type: "interrupt" });
  await new Promise((resolve) => setTimeout(resolve, 60));
  keys.write(CTRL_C);
  await expect.poll(() => told.filter(({ type }) => type === "interrupt")).toHaveLength(2);
  expect([impatient(), terminal.errorText()]).toEqual([false, ""]);
  prompt.close();
});
