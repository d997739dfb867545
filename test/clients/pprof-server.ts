/** go tool pprof as a web server. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { GO, GO_ENVIRONMENT } from "./go.ts";

export interface PprofServer {
  /** "http://localhost:4242" */
  readonly address: string;
  stop(): void;
}

/** Starts it with `args`, files among them, and waits until it answers. */
export async function servePprof(args: readonly string[]): Promise<PprofServer> {
  const host = `localhost:${await findFreePort()}`;
  const server = spawn(GO!, ["tool", "pprof", "-no_browser", `-http=${host}`, ...args], {
    env: { ...process.env, ...GO_ENVIRONMENT },
    stdio: "ignore",
    // go starts pprof; both have to end.
    detached: true,
  });
  const stop = (): void => void process.kill(-server.pid!);
  const address = `http://${host}`;
  for (let attempt = 0; attempt < 300; attempt++) {
    if ((await fetch(address).catch(() => undefined)) !== undefined) return { address, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  stop();
  throw new Error("go tool pprof does not answer");
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
