/**
 * Blocks of README files that need other programs, run as they stand by a shell, with all that comes before them on their page. Only
 * where `npm run clients` asks for it: it takes a built gohd, and the programs.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GO_ENVIRONMENT } from "../clients/go.ts";
import { type Block, readBlocks } from "./blocks.ts";
import { firstBlock, makesFolder, READMES, ROOT } from "./pages.ts";

/** Path of a built src/cli/main.js. */
const GOHD = process.env.GOHD_TEST_GOHD;
/** What is tried here. The others install gohd, need another machine, or have a test of their own. */
const TRIED = new Set(["pprof", "graphviz", "zstd", "jq", "sh", "go"]);

/** A server of pprof's runs for ever: it has to answer, and then it goes. */
const PRELUDE = `
set -eu
go() {
  case "$*" in
    *-http=:*)
      command go "\${@/-http=:/-http=localhost:\${PORT}}" -no_browser & local server=$!
      for i in $(seq 300); do if curl -sf "localhost:$PORT/ui/flamegraph" >page.html; then break; fi; sleep 0.1; done
      pkill -P $server || true; kill $server || true; wait $server || true
      grep -q main page.html ;;
    *) command go "$@" ;;
  esac
}
`;

const isTried = ({ clients }: Block): boolean => clients.length > 0 && clients.every((client) => TRIED.has(client));

/** Lines that say with what they end do. */
const withExitCodes = (text: string): string =>
  text.replace(/^(?!#)(.*#.*exit code (\d+).*)$/gm, "status=0; {\n$1\n} || status=$?; [ $status -eq $2 ]");

describe.skipIf(GOHD === undefined)("in a shell", () => {
  let root: string;
  beforeAll(() => {
    if (GOHD === undefined) return;
    root = realpathSync(mkdtempSync(join(tmpdir(), "gohd-test-shell-")));
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin/gohd"), `#!/bin/sh\nexec "${process.execPath}" "${GOHD}" "$@"\n`);
    chmodSync(join(root, "bin/gohd"), 0o755);
  });
  afterAll(() => {
    if (GOHD !== undefined) rmSync(root, { recursive: true });
  });

  const pages = READMES.filter((path) => readBlocks(join(ROOT, path)).some(isTried));
  test.each(pages)("%s", { timeout: 300_000 }, (path) => {
    const folder = mkdtempSync(join(root, "page-"));
    symlinkSync(join(ROOT, "samples"), join(folder, "samples"));
    const blocks = readBlocks(join(ROOT, path)).filter(
      (block) => block.language === "sh" && !makesFolder(block) && (block.clients.length === 0 || isTried(block)),
    );
    const isOfGoTest = path.startsWith("samples/gotest/");
    if (isOfGoTest) cpSync(join(ROOT, "samples/gotest"), join(folder, "gotest"), { recursive: true });
    const begin = isOfGoTest ? "cd gotest\n" : firstBlock().text;
    const script = [PRELUDE, begin, ...blocks.map(({ text }) => withExitCodes(text))].join("\n");
    const { status, stderr } = spawnSync("bash", ["-c", script], {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...process.env,
        ...GO_ENVIRONMENT,
        ...(isOfGoTest ? { GO111MODULE: "on" } : {}),
        PATH: `${join(root, "bin")}${delimiter}${process.env.PATH}`,
        TMPDIR: folder,
        PORT: String(20_000 + (process.pid % 20_000)),
      },
    });
    expect({ status, stderr: status === 0 ? "" : stderr.slice(-2000) }).toEqual({ status: 0, stderr: "" });
  });
});
