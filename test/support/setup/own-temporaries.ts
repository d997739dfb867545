/** Before each file of tests: a temporary directory of its own, so that none clears away what another's killed gohd left. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

process.env.TMPDIR = mkdtempSync(join(tmpdir(), "t"));
