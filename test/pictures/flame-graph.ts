/** The flame graph of `go tool pprof -http`. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { findFreePort } from "../clients/devtools.ts";
import { GO, GO_ENVIRONMENT } from "../clients/go.ts";
import { photographPage } from "./page.ts";

export async function photographFlameGraph(folder: string, convert: (...args: readonly string[]) => void) {
  if (GO === undefined) throw new Error("there is no go command: install Go, or set GOHD_TEST_GO to its path");
  convert("--to", "pprof", "-o", "app.retained.pb.gz");
  const port = await findFreePort();
  const pprof = spawn(
    GO,
    ["tool", "pprof", "-no_browser", `-http=127.0.0.1:${port}`, "-unit=kb", "app.retained.pb.gz"],
    {
      cwd: folder,
      env: { ...process.env, ...GO_ENVIRONMENT },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    },
  );
  try {
    for await (const line of createInterface(pprof.stderr)) if (line.includes("Serving")) break;
    return await photographPage(`http://127.0.0.1:${port}/flamegraph`, { width: 1000, height: 340 });
  } finally {
    // The go command and pprof itself.
    process.kill(-pprof.pid!);
  }
}
