import clsx from 'clsx';
import type { ReactElement } from 'react';
import { formatCost } from '../../../ui/format/format-cost.js';
import { formatDuration } from '../../../ui/format/format-duration.js';
import { formatCount } from '../../../ui/format/format-money.js';
import { textOf } from '../../../ui/format/text-of.js';
import { Link } from '../../../ui/navigation/Link.js';
import { runPath } from '../../../ui/navigation/route.js';
import type { Column } from './ColumnHead.js';
import type { Answer, TryRow } from './try-state.js';
import styles from '../prompts.module.css';

/** The answers in a grid, with a row for each row of values and a cell for each column. */
export function AnswerGrid({
  columns,
  rows,
  answerOf,
}: {
  readonly columns: readonly Column[];
  readonly rows: readonly TryRow[];
  readonly answerOf: (column: number, row: string) => Answer | undefined;
}): ReactElement | null {
  if (rows.length === 0) return null;
  return (
    <ol className={styles['playground-rows']} aria-label="Answers">
      {rows.map((row, index) => (
        <li key={row.id} className="stack gap-8">
          {rows.length === 1 ? null : (
            <p className="quiet truncate" dir="auto">
              {index + 1}. {Object.values(row.values).map(textOf).join(' · ')}
            </p>
          )}
          <div className={styles['playground-columns']}>
            {columns.map((column, at) => (
              <AnswerCell key={column.key} number={at + 1} answer={answerOf(column.key, row.id)} />
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

function AnswerCell({
  number,
  answer,
}: {
  readonly number: number;
  readonly answer: Answer | undefined;
}): ReactElement {
  return (
    <section className={clsx(styles['playground-column'], 'boxed-surface')} aria-label={`Answer of column ${number}`}>
      {answer === undefined ? <p className="quiet">Not run</p> : <Shown answer={answer} />}
    </section>
  );
}

function Shown({ answer }: { readonly answer: Answer }): ReactElement {
  if (answer.status === 'running')
    return (
      <>
        {answer.text === '' ? null : (
          <p className="tried-text" dir="auto">
            {answer.text}
          </p>
        )}
        <p className="quiet" role="status">
          {answer.waiting ?? (answer.text === '' ? 'Sent' : 'Writing')}
        </p>
      </>
    );
  const { runId } = answer;
  const open =
    runId === undefined ? null : (
      <Link href={runPath(runId)} className="text-button">
        Open run
      </Link>
    );
  if (answer.status === 'failed')
    return (
      <>
        <p className="field-error" role="alert">
          {answer.message}
        </p>
        {open}
      </>
    );
  return (
    <>
      <p className="tried-text" dir="auto">
        {answer.text === '' ? <span className="quiet">An empty answer</span> : answer.text}
      </p>
      <p className="quiet figure">
        {formatDuration(answer.ms)} · {formatCount(answer.tokens)} tokens ·{' '}
        {answer.cost === 0 ? 'no cost' : formatCost(answer.cost)} {open}
      </p>
    </>
  );
}
