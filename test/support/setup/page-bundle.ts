/** Before all tests: bundles the page of `--to html`, if its sources are younger than what the build made of them. */
import { bundlePage, isBundled } from "../../../converters/report/page/bundle.js";

export async function setup(): Promise<void> {
  if (!isBundled()) await bundlePage();
}
