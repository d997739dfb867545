/** Names as no Go program has them, but a damaged or malicious dump might. */
import { seededRandom } from "../../support/seeded-random.ts";

/** Names that mean something to DOT, to HTML-like labels, to XML or to browsers. */
export const HOSTILE_NAMES: readonly string[] = [
  "",
  " ",
  '"',
  '\\"',
  "\\",
  "\\\\",
  "ends with \\",
  "\\N \\G \\L \\l \\r \\n \\E",
  "a\nb\r\nc\rd\u2028e",
  "{a|b|<port>c}",
  "]; n0 -> n1; x [label=",
  '"]; evil [label="evil"]; y [a="',
  "/* comment */ // line\n# preprocessor",
  "<b>bold</b>",
  "<>",
  "<<b>x</b>>",
  ">]; evil [label=<x",
  "&lt; &amp; &quot; &#65; &nosuch; &",
  "&#0; &#xFFFF;",
  "</text><script>alert(1)</script>",
  "]]><script>alert(1)</script>",
  "--><script>alert(1)</script><!--",
  '" onload="alert(1)',
  "javascript:alert(1)",
  "\0\u0001\b\u001f\u007f\u0085",
  "\ud800 lone \udfff",
  "\ufffe\uffff",
  "Größe 類型 🎉 e\u0301 \u202eright to left\u202c",
  "名".repeat(100),
  `github.com/${"very/".repeat(50)}long.Type[${"map[string]*a/b.C,".repeat(100)}]`,
  "x".repeat(100_000),
  "%s%n%d $x `y`",
];

const PIECES = [..."\\\"'<>&;{}[]|-=#/%\n\r\t\0ab é🎉\ud800", "\\n", "&amp;", "<b>", "</b>", "<br/>", "]]>", "-->"];

/** A name put together from pieces with a meaning; the same for the same seed. */
export function hostileName(seed: number): string {
  const random = seededRandom(seed);
  return Array.from({ length: random(30) }, () => PIECES[random(PIECES.length)]!).join("");
}
