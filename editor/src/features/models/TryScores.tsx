import type { ModelCard, ScoreTextsReply } from '@heddle/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatScore } from '../../ui/format/format-score.js';
import { LinesField, TextField } from '../../ui/fields/FormFields.js';
import { Notice } from '../../ui/states/Notice.js';
import { useAction } from '../../data/queries/use-action.js';
import styles from './models.module.css';

const firstTexts = 'The loom is warped in the morning.\nTravel costs are paid back within a week.';

/** Scores texts, one per line, with an embedding model, a reranker or a classifier. */
export function TryScores({ card }: { readonly card: ModelCard }): ReactElement {
  const [query, setQuery] = useState('When do I get my expenses back?');
  const [lines, setLines] = useState(firstTexts);
  const [reply, setReply] = useState<{ readonly texts: readonly string[]; readonly scores: ScoreTextsReply }>();
  const action = useAction();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const needsQuery = card.kind !== 'classify';
  const run = (): void =>
    action.run(async () => {
      const texts = lines.split('\n').filter((line) => line.trim() !== '');
      const { signal } = (stop.current = new AbortController());
      setReply({
        texts,
        scores: await client.POST('/api/models/{id}/score', {
          params: { path: { id: card.id } },
          body: { query: needsQuery ? query : '', texts },
          signal,
        }),
      });
    });
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      {needsQuery ? <TextField title="Query" value={query} isRequired onChange={setQuery} /> : null}
      <LinesField title="Texts, one per line" value={lines} rows={4} isRequired onChange={setLines} />
      <div className="dialog-actions">
        <button type="submit" className="button button-primary" disabled={action.isBusy}>
          {action.isBusy ? 'Working…' : card.kind === 'classify' ? 'Classify' : 'Compare'}
        </button>
      </div>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {reply === undefined ? null : (
        <section className={styles['tried']} aria-label="Scores">
          <ul className="rows">
            {reply.texts.map((text, index) => (
              <li key={index} className="row">
                <span className="row-main">
                  <span>{text}</span>
                </span>
                <span className="row-figures figure">
                  {Object.entries(reply.scores.scores[index] ?? {}).map(([name, score]) => (
                    <span key={name}>
                      <span className="quiet">{name}</span> {formatScore(score)}
                    </span>
                  ))}
                </span>
              </li>
            ))}
          </ul>
          <p className="quiet figure">
            {formatDuration(reply.scores.ms)}
            {reply.scores.dimensions === undefined ? '' : ` · ${reply.scores.dimensions} dimensions`}
          </p>
        </section>
      )}
    </form>
  );
}
