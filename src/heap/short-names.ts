/**
 * Names as source code writes them: `http.Header` for `net/http.Header`. The one rule by which import paths are left out of
 * names of types, functions and variables, wherever there is little room. It knows what Go's modules say of paths, and no
 * heap: that two names have become the same is for the caller to see.
 */

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
 * are packages, the folder before stays too: "core/v1.Pod". Literals, sizes and pointer masks ("obj/48{..p}") and files'
 * paths stay as they are. O(length), whatever the text.
 */
export function shortenImports(name: string): string {
  return name.includes("/") ? name.replace(TOKEN, shortenToken) : name;
}

function shortenToken(token: string): string {
  if (token.startsWith('"') || token.startsWith("`")) return token;
  // What gohd has inferred begins with "~", and a last parameter with "..."; no first element of a path does.
  const mark = /^(?:~|\.\.\.)?/.exec(token)![0];
  const path = token.slice(mark.length);
  const slash = path.lastIndexOf("/");
  const last = path.slice(slash + 1);
  if (slash <= 0 || /^[./]/.test(path) || !/^[^.].*\./.test(last)) return token;
  return mark + packageAndName(path, slash, last);
}

/** @param slash where the last one of `path` is. @param last what follows it */
function packageAndName(path: string, slash: number, last: string): string {
  const folder = path.slice(path.lastIndexOf("/", slash - 1) + 1, slash);
  const version = MAJOR_VERSION.exec(last)?.[0];
  if (version !== undefined) return folder + last.slice(version.length);
  if (VERSION_PACKAGE.test(last)) return `${folder}/${last}`;
  return path.startsWith("gopkg.in/") ? last.replace(GOPKG_VERSION, "$1") : last;
}
