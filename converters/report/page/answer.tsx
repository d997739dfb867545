/** The answer: sentences first, then where the memory is, as bars. */
import { formatBytes, formatShare } from "../../../src/index.ts";
import type { Bar, PageStatement } from "../page-data.ts";

export interface AnswerProps {
  readonly statements: readonly PageStatement[];
  readonly bars: readonly Bar[];
  readonly onShow: (node: number) => void;
}

export function Answer({ statements, bars, onShow }: AnswerProps) {
  return (
    <section id="answer" aria-label="What holds the memory">
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
      <div class="bars">
        {bars.map((bar) => (
          <BarView key={bar.title} bar={bar} />
        ))}
      </div>
    </section>
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
