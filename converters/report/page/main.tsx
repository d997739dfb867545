/**
 * The page of `--to html`. What it shows is in the document as JSON; it asks nothing of anybody, and makes no markup of texts:
 * the policy of the document forbids both.
 */
import { render } from "preact";
import { useMemo, useState } from "preact/hooks";
import { learnPackageNames } from "../../../src/index.ts";
import type { PageData } from "../page-data.ts";
import { Answer, GrowthAnswer } from "./answer.tsx";
import { buildTree, type TreeNode } from "./model.ts";
import { Picture } from "./picture.tsx";
import { ReportTable } from "./report-table.tsx";
import { ThemeButton } from "./theme.tsx";

function Page({ data }: { readonly data: PageData }) {
  const tree = useMemo(() => buildTree(data), [data]);
  const [wish, setWish] = useState<{ node?: TreeNode; search?: string }>();
  const goToPicture = () => document.getElementById("picture")?.scrollIntoView({ block: "start" });
  const show = (node: number) => {
    setWish({ node: tree.nodes[node]! });
    goToPicture();
  };
  const search = (text: string) => {
    setWish({ search: text });
    goToPicture();
  };
  const { growth } = data;
  const tables = data.tables.filter(({ rows }) => rows.length > 0);
  return (
    <>
      <header>
        <div class="bar-inner">
          <strong>gohd</strong>
          <nav aria-label="Sections">
            {growth !== null && <a href="#growth">Growth</a>}
            <a href="#answer">Answer</a>
            <a href="#picture">Picture</a>
            {tables.map(({ id, title }) => (
              <a key={id} href={`#${id}`}>
                {title}
              </a>
            ))}
          </nav>
          <ThemeButton />
        </div>
      </header>
      <main>
        <div class="title">
          <h1>{data.dump.name}</h1>
          <p>{data.headline}</p>
        </div>
        {growth !== null && <GrowthAnswer growth={growth} onShow={show} />}
        {growth?.tables.slice(0, 1).map((table) => (
          <ReportTable key={table.id} data={table} onShow={show} onSearch={search} />
        ))}
        <Answer
          title={growth === null ? "" : "What holds the memory now"}
          statements={data.statements}
          bars={data.bars}
          onShow={show}
        />
        <Picture
          tree={tree}
          statements={data.statements}
          liveBytes={data.liveBytes}
          unfolded={data.unfolded}
          whyCommand={data.whyCommand}
          wish={wish}
        />
        {[...(growth?.tables.slice(1) ?? []), ...tables].map((table) => (
          <ReportTable key={table.id} data={table} onShow={show} onSearch={search} />
        ))}
      </main>
      <footer>
        <p>
          <b>Owned</b> bytes count for one owner: the strongest root that leads to an object, a package variable before
          a goroutine, the nearest variable before others. They add up to the live heap. They are not what would be
          freed if the owner let go: others may use the thing, too. That is the <b>retained</b> size, which the other
          formats of gohd show.
        </p>
        <p>{data.holdings}</p>
      </footer>
    </>
  );
}

const data = JSON.parse(document.getElementById("data")!.textContent!) as PageData;
learnPackageNames(data.packageNames);
document.title = `${data.dump.name} · gohd`;
render(<Page data={data} />, document.getElementById("page")!);
