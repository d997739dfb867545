/** Names short enough to be drawn. What is left out stands in the tooltip. */

/** From so many letters on, import paths are left out; … */
const PATH_LETTERS = 30;
/** … and what is still longer than this is cut. */
const NODE_LETTERS = 46;
const EDGE_LETTERS = 28;

/** The folders of an import path: "github.com/go-redis/redis/v9." becomes "redis/v9.", "net/http." becomes "http.". */
const IMPORT_FOLDERS = /(?<![\w.~%-])(?:[\w.~%-]+\/)+(?=[\w~%-])/g;
/** A package of a major version says nothing without the folder before. */
const VERSION_FOLDER = /([\w~%-][\w.~%-]*\/)(?=v\d+\.\w)/;

/** Shortens the name of a type, function or variable: first the import paths, then the middle. */
export function shortenName(name: string): string {
  // Counted in UTF-16, which takes at least as many.
  if (name.length <= PATH_LETTERS) return name;
  return cutMiddle(shortenImports(name), NODE_LETTERS);
}

/** Shortens the name of a field or element. */
export function shortenField(name: string): string {
  return cutMiddle(name, EDGE_LETTERS);
}

function shortenImports(name: string): string {
  return name.replace(IMPORT_FOLDERS, (folders, at: number) => {
    const rest = name.slice(at + folders.length);
    if (!/^v\d+\./.test(rest)) return "";
    return VERSION_FOLDER.exec(folders + rest)?.[1] ?? "";
  });
}

/** Replaces the middle by "…", so that `most` letters are left; beginnings tell more than ends. */
export function cutMiddle(text: string, most: number): string {
  const all = [...text];
  if (all.length <= most) return text;
  const head = Math.ceil((most - 1) * 0.6);
  return `${all.slice(0, head).join("")}…${all.slice(all.length - (most - 1 - head)).join("")}`;
}
