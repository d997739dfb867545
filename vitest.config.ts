import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["test/support/setup/temporaries.ts", "test/support/setup/page-bundle.ts"],
    setupFiles: ["test/support/setup/own-temporaries.ts"],
    // As many tests at once as there are cores: of themselves, they would leave one idle.
    maxWorkers: "100%",
  },
});
