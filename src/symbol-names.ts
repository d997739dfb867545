/** Names of symbols as the source has them: what Go's linker escapes in import paths, undone where symbols are read. */

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Undoes the linker's escapes: "github.com/nats-io/nats.go.Connect" for "github.com/nats-io/nats%2ego.Connect". It escapes dots behind
 * the last slash of a path, quotes, and what is not ASCII. cmd/internal/objabi/path.go.
 */
export function unescapeSymbol(name: string): string {
  if (!name.includes("%")) return name;
  return name.replaceAll(/(?:%[0-9a-f]{2})+/g, (escapes) => {
    const bytes = escapes.slice(1).split("%");
    return decoder.decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  });
}
