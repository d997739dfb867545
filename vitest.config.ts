import { defineConfig } from "vitest/config";

// As many tests at once as there are cores: of themselves, they would leave one idle.
export default defineConfig({ test: { globalSetup: ["test/support/page-bundle.ts"], maxWorkers: "100%" } });
