/** Details: all that the page knows of one node. */
import { formatBytes, formatCount, formatNumber, formatShare } from "../../../src/index.ts";
import type { PageStatement } from "../page-data.ts";
import { expression, isFolded, label, type TreeNode, title } from "./model.ts";

export interface DetailsProps {
  readonly node: TreeNode;
  /** What the answer says of it. */
  readonly statements: readonly PageStatement[];
  readonly liveBytes: number;
  readonly whyCommand: string;
  readonly onShow: (node: TreeNode) => void;
}

const MOST_CHILDREN = 8;

export function Details({ node, statements, liveBytes, whyCommand, onShow }: DetailsProps) {
  const { kind, count, objects, bytes, ownedBytes, inferred, chain, entries, parent, children, largest } = node;
  const isThing = kind === "objects";
  const way = expression(node);
  return (
    <aside class="details" aria-label="Details" aria-live="polite">
      <p class="kind">{describeKind(node)}</p>
      <h3>{title(node)}</h3>
      {isThing && way !== "" && <p class="expression">{way}</p>}
      <dl>
        <dt>owns</dt>
        <dd>
          <b>{formatBytes(ownedBytes)}</b>{" "}
          {kind !== "garbage" && kind !== "heap" && `${formatShare(ownedBytes, liveBytes)} of live`}
        </dd>
        {parent !== undefined && parent.kind !== "heap" && (
          <>
            <dt>of the box above</dt>
            <dd>{formatShare(ownedBytes, parent.ownedBytes)}</dd>
          </>
        )}
        {bytes > 0 && (
          <>
            <dt>itself</dt>
            <dd>{formatBytes(bytes)}</dd>
          </>
        )}
        {!isFolded(kind) && count > 1 && (
          <>
            <dt>how many</dt>
            <dd>
              {formatCount(count)}
              {isThing && `, ${formatBytes(ownedBytes / count)} each`}
            </dd>
          </>
        )}
        {objects > 0 && objects !== count && (
          <>
            <dt>objects</dt>
            <dd>{formatCount(objects)}</dd>
          </>
        )}
        {entries >= 0 && (
          <>
            <dt>entries</dt>
            <dd>{formatCount(entries)}</dd>
          </>
        )}
        {chain > 1 && (
          <>
            <dt>longest chain</dt>
            <dd>{formatCount(chain)}</dd>
          </>
        )}
        {inferred > 0 && (
          <>
            <dt>type guessed</dt>
            <dd>{inferred >= objects ? "of all" : `of ${formatCount(inferred)}`}</dd>
          </>
        )}
      </dl>
      {statements.length > 0 && (
        <>
          <h4>What the answer says</h4>
          {statements.map(({ sentence, lines }) => (
            <div key={sentence} class="said">
              {[sentence, ...lines].map((line) => (
                <p key={line}>{line}</p>
              ))}
            </div>
          ))}
        </>
      )}
      {children.length > 0 && (
        <>
          <h4>Below it</h4>
          <ol class="parts">
            {children.slice(0, MOST_CHILDREN).map((child) => (
              <li key={child.id}>
                <button type="button" title={title(child)} onClick={() => onShow(child)}>
                  {label(child)}
                </button>
                <span>{formatBytes(child.ownedBytes)}</span>
              </li>
            ))}
            {children.length > MOST_CHILDREN && (
              <li class="more">
                <span>… {formatCount(children.length - MOST_CHILDREN)} more</span>
                <span>
                  {formatBytes(children.slice(MOST_CHILDREN).reduce((sum, child) => sum + child.ownedBytes, 0))}
                </span>
              </li>
            )}
          </ol>
        </>
      )}
      {largest.length > 0 && (
        <>
          <h4>{count > 1 ? "Largest of them" : "The object"}</h4>
          <ol class="parts">
            {largest.map(({ address, bytes: owned, path }) => (
              <li key={address} title={address}>
                <code>{path === "" ? address : path}</code>
                <span>{formatBytes(owned)}</span>
              </li>
            ))}
          </ol>
          <p class="command">
            <code>
              {whyCommand} {largest[0]!.address}
            </code>
          </p>
        </>
      )}
    </aside>
  );
}

function describeKind({ kind, chain, count }: TreeNode): string {
  switch (kind) {
    case "variable":
      return "package variable";
    case "goroutine":
      return formatNumber(count, "goroutine");
    case "frame":
      return formatNumber(count, "stack frame");
    case "segment":
      return "globals without names";
    case "finalizer":
      return "finalizer";
    case "objects":
      return chain > 1 ? "chain of objects" : count === 1 ? "one thing" : formatNumber(count, "thing");
    case "smaller":
    case "deeper":
      return "folded";
    default:
      return "roots";
  }
}
