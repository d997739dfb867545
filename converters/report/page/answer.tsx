/** The answer: sentences first, then where the memory is, as bars. And before it what grew, if that was asked. */
import { formatBytes, formatShare } from "../../../src/index.ts";
import type { Bar, PageGrowth, PageStatement } from "../page-data.ts";

export interface AnswerProps {
  /** "" if there is to be none. */
  readonly title: string;
  readonly statements: readonly PageStatement[];
  readonly bars: readonly Bar[];
  readonly onShow: (node: number) => void;
}

export function Answer({ title, statements, bars, onShow }: AnswerProps) {
  return (
    <section id="answer" aria-label="What holds the memory">
      {title !== "" && <h2>{title}</h2>}
      <Statements statements={statements} onShow={onShow} />
      <div class="bars">
        {bars.map((bar) => (
          <BarView key={bar.title} bar={bar} />
        ))}
      </div>
    </section>
  );
}

export interface GrowthAnswerProps {
  readonly growth: PageGrowth;
  readonly onShow: (node: number) => void;
}

export function GrowthAnswer({ growth: { title, about, statements }, onShow }: GrowthAnswerProps) {
  return (
    <section id="growth" aria-labelledby="growth-title">
      <h2 id="growth-title">{title}</h2>
      {about.map((line) => (
        <p key={line} class="about">
          {line}
        </p>
      ))}
      <Statements statements={statements} onShow={onShow} />
    </section>
  );
}

function Statements({ statements, onShow }: Pick<AnswerProps, "statements" | "onShow">) {
  return (
    <ol class="statements">
      {statements.map(({ sentence, lines, command, node, share }) => (
        <li key={sentence} class="statement" style={{ "--share": `${100 * share}%` }}>
          <h2>{sentence}</h2>
          {lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
          <div class="more">
            {node >= 0 && (
              <button type="button" class="quiet" onClick={() => onShow(node)}>
                Show in the picture
              </button>
            )}
            {command !== "" && <code>{command}</code>}
          </div>
        </li>
      ))}
    </ol>
  );
}

function BarView({ bar: { title, parts } }: { readonly bar: Bar }) {
  const all = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <figure class="bar">
      <figcaption>{title}</figcaption>
      <div class="strip" aria-hidden="true">
        {parts.map(({ label, bytes, tone }) => (
          <i
            key={label}
            class={`t${tone}`}
            style={{ flexGrow: `${bytes}` }}
            title={`${label}: ${formatBytes(bytes)}`}
          />
        ))}
      </div>
      <ul>
        {parts.map(({ label, bytes, tone }) => (
          <li key={label}>
            <i class={`swatch t${tone}`} />
            {label} <b>{formatBytes(bytes)}</b> <span>{formatShare(bytes, all)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
