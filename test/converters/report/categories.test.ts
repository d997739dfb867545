/** Whose a type is, by its name. */
import { expect, test } from "vitest";
import { categoryOfType } from "../../../converters/report/categories.ts";
import { Category } from "../../../converters/report/page-data.ts";

test.each([
  ["main.Session", Category.PROGRAM],
  ["[]*cmd/compile/internal/ir.Func", Category.PROGRAM],
  ["map[string]*github.com/a/b.T", Category.PROGRAM],
  ["map[net/http.Header]main.T", Category.PROGRAM],
  ["func main.(*Service).work.func1", Category.PROGRAM],
  ["net/http.Conn", Category.STANDARD],
  ["runtime.g", Category.RUNTIME],
  ["internal/runtime/maps.Map", Category.RUNTIME],
  ["[]uint8", Category.PLAIN],
  ["map[string]interface {}", Category.PLAIN],
])("%s", (name, category) => {
  expect(categoryOfType(name)).toBe(category);
});
