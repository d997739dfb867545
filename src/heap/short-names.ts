/**
 * Names as source code writes them: `http.Header` for `net/http.Header`. The one rule by which import paths are left out of
 * names of types, functions and variables, wherever there is little room. It knows what Go's modules say of paths, what
 * executables say of packages, and no heap: that two names have become the same is for the caller to see.
 */

/**
 * What packages call themselves whose paths end otherwise, by path. A path is one package's, whatever heap it is met in, so all that is
 * learned is for the whole program, as the rule is.
 */
const declared = new Map<string, string>();
/** Characters of the longest path among them. */
let longest = 0;

/** Names, and characters of a path, that are remembered: an executable can have any number. */
const MOST_DECLARED = 10_000;
const LONGEST_PATH = 500;

/** Dots in the last element of a path, and the one behind it: more are of names of methods and closures, of which there may be any number. */
const MOST_DOTS = 8;

/** Letters, digits and "_", as an identifier of Go. */
const PACKAGE_NAME = /^[\p{L}_][\p{L}\p{N}_]{0,63}$/u;

/** Takes names of packages, by import path, for all names that are shortened from now on. Those that no package can have are passed over. */
export function learnPackageNames(names: Iterable<readonly [path: string, name: string]>): void {
  for (const [path, name] of names) {
    if (declared.size >= MOST_DECLARED || path.length > LONGEST_PATH || !path.includes("/")) continue;
    if (!PACKAGE_NAME.test(name)) continue;
    declared.set(path, name);
    longest = Math.max(longest, path.length);
  }
}

/** A literal as it is, closed or not; or what may be a qualified name: characters that an import path can have. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|`[^`]*`?|[^\s"`'()[\]{},;:*&|<>=]+/gs;

/** A major version as the last element of a path is not the package's name. Versions 0 and 1 have no such element. */
const MAJOR_VERSION = /^v(?:[2-9]|[1-9]\d+)(?=\.)/;

/** Packages that are really called as versions are: "k8s.io/api/core/v1". They say nothing without the folder before. */
const VERSION_PACKAGE = /^v\d+(?:(?:alpha|beta)\d+)?\./;

/** The version that gopkg.in has behind names; symbols escape its dot. */
const GOPKG_VERSION = /^([^.%]+)(?:\.|%2e)v\d+(?:-unstable)?(?=\.)/;

/**
 * Leaves the import paths out of a name, all of them: "map[string]*redis.Client" of
 * "map[string]*example.com/redis/v9.Client". A path's last element stays, without its version; of Kubernetes' versions, which
 * are packages, the folder before stays too: "core/v1.Pod". Where the package is known to be called otherwise, that stays:
 * "sqlite3.Conn" of "example.com/go-sqlite3.Conn". Literals, sizes and pointer masks ("obj/48{..p}") and files' paths stay as
 * they are. O(length), whatever the text.
 */
export function shortenImports(name: string): string {
  return name.includes("/") ? name.replace(TOKEN, (token) => shortenToken(token, declaredName)) : name;
}

/** The same by what the paths alone say: "go-sqlite3.Conn". */
export function shortenByPaths(name: string): string {
  return name.includes("/") ? name.replace(TOKEN, (token) => shortenToken(token, () => undefined)) : name;
}

/** Whether people may write a name so: whole, or without import paths, be it by what packages call themselves or by how their paths end. */
export function isWrittenAs(name: string, text: string): boolean {
  return name === text || shortenImports(name) === text || shortenByPaths(name) === text;
}

/** @param nameOf what is known to stand for a qualified name, the last slash of which is handed over */
function shortenToken(token: string, nameOf: (path: string, slash: number) => string | undefined): string {
  if (token.startsWith('"') || token.startsWith("`")) return token;
  // What gohd has inferred begins with "~", and a last parameter with "..."; no first element of a path does.
  const mark = /^(?:~|\.\.\.)?/.exec(token)![0];
  const path = token.slice(mark.length);
  const slash = path.lastIndexOf("/");
  const last = path.slice(slash + 1);
  if (slash <= 0 || /^[./]/.test(path) || !/^[^.].*\./.test(last)) return token;
  return mark + (nameOf(path, slash) ?? packageAndName(path, slash, last));
}

/** With the name that the package is known to have; symbols escape the dots of a path's last element. */
function declaredName(path: string, slash: number): string | undefined {
  if (slash >= longest) return undefined;
  let tried = 0;
  for (let dot = path.indexOf(".", slash); dot >= 0 && dot <= 3 * longest; dot = path.indexOf(".", dot + 1)) {
    if (tried++ === MOST_DOTS) break;
    const name = declared.get(path.slice(0, dot).replaceAll("%2e", "."));
    if (name !== undefined) return name + path.slice(dot);
  }
  return undefined;
}

/** @param slash where the last one of `path` is. @param last what follows it */
function packageAndName(path: string, slash: number, last: string): string {
  const folder = path.slice(path.lastIndexOf("/", slash - 1) + 1, slash);
  const version = MAJOR_VERSION.exec(last)?.[0];
  if (version !== undefined) return folder + last.slice(version.length);
  if (VERSION_PACKAGE.test(last)) return `${folder}/${last}`;
  return path.startsWith("gopkg.in/") ? last.replace(GOPKG_VERSION, "$1") : last;
}
