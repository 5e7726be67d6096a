import type { ExperimentReply, ExperimentRow } from '@heddle/core';
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction, type Action } from '../../data/queries/use-action.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { Notice } from '../../ui/states/Notice.js';
import { VirtualList } from '../../ui/tables/VirtualList.js';
import { figureText } from '../../ui/format/figure-text.js';
import { RowAnswers } from './RowAnswers.js';
import styles from './experiments.module.css';

const rowHeight = 44;
/** The size of the first page. It is small enough to load fast; a button loads more. */
const firstPage = 100;
const nextPage = 500;
type Filter = 'all' | 'any' | 'better' | 'worse';
const filters: readonly (readonly [Filter, string])[] = [
  ['any', 'Rows whose result changed'],
  ['better', 'Rows that got better'],
  ['worse', 'Rows that got worse'],
  ['all', 'All rows'],
];

/**
 * The rows of an experiment. By default, only rows whose result changed between passed and failed are shown. An open row shows its answers
 * side by side.
 */
export function ExperimentRows({
  experiment,
  found: { rows, next, more, action, filter, setFilter },
}: {
  readonly experiment: ExperimentReply;
  readonly found: LoadedRows;
}): ReactElement {
  const [open, setOpen] = useState<number>();
  return (
    <section className="section">
      <h2>Rows</h2>
      <SelectField title="Show" value={filter} choices={filters} onChange={setFilter} />
      {action.error === undefined ? null : <Notice error={action.error} action={{ name: 'Retry', run: more }} />}
      {rows.length === 0 ? (
        <p className="quiet">{action.isBusy ? 'Loading…' : 'No such rows.'}</p>
      ) : (
        <VirtualList
          count={rows.length}
          rowHeight={rowHeight}
          label="Rows"
          className={styles['experiment-rows']}
          render={(index) => {
            const row = rows[index];
            return row === undefined ? null : (
              <li key={row.number} style={{ height: rowHeight }}>
                <button type="button" className={styles['experiment-row']} onClick={() => setOpen(row.number)}>
                  <span className="mono" dir="auto">
                    {row.id}
                  </span>
                  <RowState row={row} experiment={experiment} />
                </button>
              </li>
            );
          }}
        />
      )}
      {next === undefined ? null : (
        <button type="button" className="button" disabled={action.isBusy} onClick={more}>
          More rows
        </button>
      )}
      {open === undefined ? null : <RowAnswers experiment={experiment} row={open} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

function RowState({
  row,
  experiment,
}: {
  readonly row: ExperimentRow;
  readonly experiment: ExperimentReply;
}): ReactElement {
  const [first] = row.changed;
  const failed = row.cells.filter(({ state }) => state === 'failed').length;
  if (first !== undefined) {
    const metric = experiment.metrics.find(({ name }) => name === first.metric);
    const unit = metric?.unit ?? 'score';
    return (
      <span data-verdict={first.now}>
        {metric?.title ?? first.metric}: {figureText(first.baseline, unit)} → {figureText(first.variant, unit)}
        {row.changed.length > 1 ? ` and ${row.changed.length - 1} more` : ''}
      </span>
    );
  }
  const reused = row.cells.filter((cell) => cell.reused !== undefined).length;
  return (
    <span className="quiet">
      {failed > 0
        ? `${failed} runs failed`
        : `${row.cells.length} runs${reused > 0 ? `, ${reused} reused results` : ''}`}
    </span>
  );
}

interface FoundRows {
  /** The experiment and filter to which these rows belong. A late reply to an earlier choice is ignored. */
  readonly key: string;
  readonly rows: readonly ExperimentRow[];
  readonly next?: number | undefined;
}

/** The loaded rows, with their filter and a function that loads the next page. */
interface LoadedRows {
  readonly rows: readonly ExperimentRow[];
  readonly next: number | undefined;
  readonly more: () => void;
  readonly action: Action;
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
}

/** Loads rows when all runs of an experiment have ended, even before its result is computed. */
export function useExperimentRows({ id, variants, cells }: ExperimentReply): LoadedRows {
  const [filter, setFilter] = useState<Filter>(variants.length > 1 ? 'any' : 'all');
  const isEnded = cells.waiting + cells.running === 0;
  const key = `${id} ${filter}`;
  const [found, setFound] = useState<FoundRows>({ key, rows: [] });
  const action = useAction();
  const { run } = action;
  const page = useCallback(
    (after: number) => {
      const changed = filter === 'all' ? undefined : filter;
      const query = { after, limit: after === 0 ? firstPage : nextPage, changed };
      return client.GET('/api/experiments/{id}/rows', { params: { path: { id }, query } });
    },
    [id, filter],
  );
  useEffect(() => {
    if (!isEnded) return undefined;
    let isCurrent = true;
    run(async () => {
      const first = await page(0);
      if (isCurrent) setFound({ key, ...first });
    });
    return () => {
      isCurrent = false;
    };
  }, [key, page, run, isEnded]);
  const shown: FoundRows = found.key === key ? found : { key, rows: [] };
  const more = (): void =>
    run(async () => {
      const { rows, next } = await page(shown.next ?? 0);
      setFound((now) =>
        now.key === key && now.next === shown.next ? { key, rows: [...now.rows, ...rows], next } : now,
      );
    });
  return { rows: shown.rows, next: shown.next, more, action, filter, setFilter };
}
