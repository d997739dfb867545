/** Steps of one name in a row, which expressions tell by their number: "ctx.(250,000 × Context).children". */
import { formatCount } from "../../quantities.ts";

/** Steps that are written out at the most: whoever goes along them looks at all of them. */
const MOST_WRITTEN = 1000;

/** A step, and the number of them; the name may have parentheses of its own. Or the key of a map, which may be any text. */
const REPEATED_OR_KEY = /\.?\(([\d,]+) × ((?:[^()]|\([^()]*\))+)\)|"(?:[^"\\]|\\.)*(?:"|$)/g;

/** "(30 × next)". */
export function repeatStep(count: number, name: string): string {
  return `(${formatCount(count)} × ${name})`;
}

/** The expression with each such step as often as it is there; undefined if these are more than anybody can go along. Linear in the result. */
export function writeOutRepeated(expression: string): string | undefined {
  let left = MOST_WRITTEN;
  const written = expression.replaceAll(
    REPEATED_OR_KEY,
    (whole: string, number: string | undefined, name: string, at: number) => {
      if (number === undefined) return whole;
      const count = Number(number.replaceAll(",", ""));
      left -= count;
      if (left < 0) return "";
      const steps = (name.startsWith("[") ? name : `.${name}`).repeat(count);
      return at === 0 ? steps.replace(/^\./, "") : steps;
    },
  );
  return left < 0 ? undefined : written;
}
