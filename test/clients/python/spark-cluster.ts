/** A standalone cluster of Spark on this machine: a master and two workers, each a process, as on three machines. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { pythonEnvironment } from "./environment.ts";

const HOST = "127.0.0.1";
const WORKERS = 2;
/** Milliseconds that it has to start. */
const PATIENCE = 300_000;

export interface SparkCluster {
  /** "spark://127.0.0.1:7077" */
  readonly master: string;
  stop(): void;
}

/** Starts it, and waits until the workers have registered. Logs go into `folder`. */
export async function startCluster(folder: string): Promise<SparkCluster> {
  const [port, page] = [await findFreePort(), await findFreePort()];
  const master = `spark://${HOST}:${port}`;
  const start = (name: string, ...args: string[]): ChildProcess =>
    spawn("spark-class", [`org.apache.spark.deploy.${name}`, ...args], {
      cwd: folder,
      stdio: "ignore",
      // A script starts the program.
      detached: true,
      env: { ...pythonEnvironment(), SPARK_WORKER_DIR: folder },
    });
  const web = ["--webui-port", String(page)];
  const children = [start("master.Master", "--host", HOST, "--port", String(port), ...web)];
  for (let i = 0; i < WORKERS; i++) {
    children.push(start("worker.Worker", master, "--host", HOST, "--cores", "1", "--memory", "1g"));
  }
  const stop = (): void => {
    for (const { pid, exitCode } of children) if (pid !== undefined && exitCode === null) process.kill(-pid);
  };
  try {
    const started = performance.now();
    while ((await countWorkers(page)) < WORKERS) {
      if (performance.now() - started > PATIENCE) throw new Error("Spark's workers do not register");
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  } catch (error) {
    stop();
    throw error;
  }
  return { master, stop };
}

async function countWorkers(page: number): Promise<number> {
  const response = await fetch(`http://${HOST}:${page}/json/`).catch(() => undefined);
  if (response?.ok !== true) return 0;
  const { aliveworkers = 0 } = (await response.json()) as { readonly aliveworkers?: number };
  return aliveworkers;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
