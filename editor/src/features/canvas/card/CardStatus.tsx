import clsx from 'clsx';
import { memo, type CSSProperties, type ReactElement } from 'react';
import { seenState, StateMark, timeOf, useRunNow, nodeStateText, type ExecutionView } from '../../run/index.js';
import styles from './card.module.css';

interface Props {
  readonly execution: ExecutionView | undefined;
  readonly issues: number;
  /** The text while there is no run: the most important setting, or the type. */
  readonly rest: string;
}

/** The status line of a card in the overview: its state in the run, its issues, or its most important setting. */
export const CardStatus = memo(function CardStatus({ execution, issues, rest }: Props): ReactElement {
  const isActive = execution !== undefined && execution.endedAt === undefined;
  const now = useRunNow(isActive);
  const state = seenState(execution, now);
  if (state === 'idle')
    return (
      <span className={clsx(styles['card-status'], 'truncate')} data-issues={issues > 0 || undefined}>
        {restText(issues, rest)}
      </span>
    );
  return (
    <span className={clsx(styles['card-status'], 'aligned-inline')}>
      <StateMark state={state} />
      <span className="truncate">{`${nodeStateText(state)} ${timeOf(execution, state, now)}`.trim()}</span>
    </span>
  );
});

/** Returns the text while there is no run: the number of issues, otherwise the most important setting or the type. */
export const restText = (issues: number, rest: string): string =>
  issues === 0 ? rest : issues === 1 ? '1 issue' : `${issues} issues`;

/** The font size in the overview depends on the zoom, which a class cannot express. */
export function farStyle(size: number | undefined): CSSProperties | undefined {
  return size === undefined ? undefined : ({ '--far': `${size}px` } as CSSProperties);
}
