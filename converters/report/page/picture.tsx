/** The picture: the owner tree as an icicle or a treemap, with zoom, search, the way to what is shown, and details. */
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatBytes, formatNumber } from "../../../src/index.ts";
import type { PageStatement } from "../page-data.ts";
import { Boxes } from "./boxes.tsx";
import { Details } from "./details.tsx";
import { layOutIcicle, layOutTreemap, ROW_HEIGHT } from "./layouts.ts";
import {
  CATEGORY_TITLES,
  findNodes,
  isWithin,
  label,
  sumOwned,
  type Tree,
  type TreeNode,
  title,
  wayTo,
} from "./model.ts";

export interface PictureProps {
  readonly tree: Tree;
  /** Those of the answer. */
  readonly statements: readonly PageStatement[];
  readonly liveBytes: number;
  readonly unfolded: number;
  readonly whyCommand: string;
  /** What somebody wants to see, from elsewhere on the page; another object each time. */
  readonly wish: { readonly node?: TreeNode; readonly search?: string } | undefined;
}

/** Rows of the icicle that are seen at once: as many as it takes, within these. */
const LEAST_ROWS = 13;
const MOST_ROWS = 22;

export function Picture({ tree, statements, liveBytes, unfolded, whyCommand, wish }: PictureProps) {
  const [kind, setKind] = useState<"icicle" | "treemap">("icicle");
  const [root, setRoot] = useState(tree.top);
  const [selected, setSelected] = useState(tree.top);
  const [search, setSearch] = useState("");
  const [width, setWidth] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);

  useLayoutEffect(() => {
    const element = frame.current!;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // One for all that is shown, so that nothing below the picture moves.
  const height = useMemo(() => {
    const levels = tree.nodes.reduce((most, { depth }) => Math.max(most, depth), 0) + 1;
    return ROW_HEIGHT * Math.min(MOST_ROWS, Math.max(LEAST_ROWS, levels)) + 2;
  }, [tree]);
  const found = useMemo(() => findNodes(tree.nodes, search), [tree, search]);
  const layout = useMemo(
    () => (kind === "icicle" ? layOutIcicle(root, tree.top, width) : layOutTreemap(root, width, height - 2)),
    [kind, root, tree, width, height],
  );

  /** Shows a node: what has nothing below it in what is around it. */
  const zoom = useCallback((node: TreeNode) => {
    setSelected(node);
    setRoot(node.children.length > 0 ? node : (node.parent ?? node));
  }, []);
  /** Selects a node, and makes sure that it can be seen. */
  const select = useCallback((node: TreeNode) => {
    setSelected(node);
    setRoot((shown) => {
      let at = shown;
      while (!isWithin(node, at) && at.parent !== undefined) at = at.parent;
      return at;
    });
  }, []);

  useLayoutEffect(() => {
    if (wish?.node !== undefined) zoom(wish.node);
    if (wish?.search !== undefined) {
      setSearch(wish.search);
      setRoot(tree.top);
    }
  }, [wish, tree, zoom]);

  useLayoutEffect(() => {
    const focusSearch = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", focusSearch);
    return () => document.removeEventListener("keydown", focusSearch);
  }, []);

  const said = statements.filter(({ node }) => node === selected.id);
  const way = wayTo(root, isWithin(root, tree.top) ? tree.top : undefined);
  return (
    <section id="picture" aria-labelledby="picture-title">
      <h2 id="picture-title">Who owns what</h2>
      <p class="about">
        Every object has one owner. A box is as large as what the thing owns, itself and all that hangs on it; alike
        things are one box
        {unfolded > tree.nodes.length
          ? `, and the ${formatNumber(tree.nodes.length, "largest box", "largest boxes")} are here`
          : ""}
        .
      </p>
      <div class="toolbar">
        <fieldset class="choice" aria-label="Kind of picture">
          <button type="button" aria-pressed={kind === "icicle"} onClick={() => setKind("icicle")}>
            Icicle
          </button>
          <button type="button" aria-pressed={kind === "treemap"} onClick={() => setKind("treemap")}>
            Treemap
          </button>
        </fieldset>
        <input
          ref={input}
          type="search"
          class="search"
          placeholder="Search  ( / )"
          aria-label="Search the picture"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") zoomToNext(found, selected, zoom);
            if (event.key === "Escape") setSearch("");
          }}
        />
        <output class="found" aria-live="polite">
          {search.trim() === ""
            ? ""
            : found.size === 0
              ? "nothing found"
              : `${formatNumber(found.size, "box", "boxes")}, ${formatBytes(sumOwned(found))}`}
        </output>
        <ul class="legend" aria-label="Colours">
          {CATEGORY_TITLES.map(([category, text]) => (
            <li key={category}>
              <i class={`swatch c${category}`} />
              {text}
            </li>
          ))}
        </ul>
      </div>
      <nav class="way" aria-label="What is shown">
        {way.map((node, i) => (
          <span key={node.id}>
            {i > 0 && <i aria-hidden="true">›</i>}
            <button
              type="button"
              title={title(node)}
              aria-current={node === root ? "true" : undefined}
              onClick={() => zoom(node)}
            >
              {label(node)}
            </button>
          </span>
        ))}
      </nav>
      <div class="explorer" style={{ "--height": `${height}px` }}>
        <div class="frame" ref={frame}>
          <Boxes
            kind={kind}
            layout={layout}
            root={root}
            selected={selected}
            found={found}
            liveBytes={liveBytes}
            onSelect={select}
            onZoom={zoom}
          />
        </div>
        <Details node={selected} statements={said} liveBytes={liveBytes} whyCommand={whyCommand} onShow={zoom} />
      </div>
    </section>
  );
}

/** Zooms to the next box that was found, the largest first, after the selected one. */
function zoomToNext(found: ReadonlySet<TreeNode>, selected: TreeNode, zoom: (node: TreeNode) => void): void {
  const bySize = [...found].sort((a, b) => b.ownedBytes - a.ownedBytes || a.id - b.id);
  const next = bySize[(bySize.indexOf(selected) + 1) % Math.max(1, bySize.length)];
  if (next !== undefined) zoom(next);
}
