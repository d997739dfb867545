import { describe, expect, test } from "vitest";
import { PathPattern } from "../../../src/cli/fleet/path-pattern.ts";
import { UsageError } from "../../../src/errors.ts";

const match = (pattern: string, path: string) => new PathPattern(pattern).match(path);

describe("a pattern", () => {
  test.each([
    ["{service}/{host}/{time}", "dumps/api/web1/2026-11-20.dump.zst", ["service=api", "host=web1", "time=2026-11-20"]],
    // The first takes as little as it can.
    ["{host}-{time}", "/x/web1-2026-11-20T10.dump", ["host=web1", "time=2026-11-20T10"]],
    ["{host}-{time}.dump", "/x/web1-10.dump.gz", ["host=web1", "time=10"]],
    ["service={service}/*/{time}", "service=a b/whatever/10.dump", ["service=a b", "time=10"]],
    ["v{v}", "x/v1.2+3", ["v=1.2+3"]],
    ["{name}", "x/.dump", ["name=.dump"]],
  ] as const)("%s of %s", (pattern, path, pairs) => {
    expect(match(pattern, path)).toEqual(pairs);
  });

  test.each([
    ["api/{host}", "dumps/web/web1.dump"],
    // Folders are whole.
    ["pi/{host}", "dumps/api/web1.dump"],
    ["{a}.x", "dumps/1yx"],
    ["{a}-{b}", "dumps/one.dump"],
  ])("%s does not fit %s", (pattern, path) => {
    expect(match(pattern, path)).toBeUndefined();
    expect(() => new PathPattern(pattern).matchOrRefuse(path)).toThrow(UsageError);
  });

  test("without a key, or with one twice, is refused", () => {
    expect(() => new PathPattern("service/host")).toThrow('"service/host" has no {key}');
    expect(() => new PathPattern("{1a}")).toThrow("has no {key}");
    expect(() => new PathPattern("{a}/{a}")).toThrow('"{a}/{a}" has {a} twice');
  });
});
