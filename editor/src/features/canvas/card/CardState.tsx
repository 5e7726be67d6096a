import clsx from 'clsx';
import { memo, type ReactElement } from 'react';
import {
  isMoving,
  seenState,
  silenceOf,
  timeOf,
  nodeStateText,
  type ExecutionView,
  StateMark,
  useRunNow,
} from '../../run/index.js';
import styles from './card.module.css';

const stillStates = new Set(['idle', 'paused', 'done', 'failed', 'skipped', 'cancelled', 'cached']);

/** The state of a node's latest execution: a mark, a text and the time. */
export const CardState = memo(function CardState({
  execution,
}: {
  readonly execution: ExecutionView | undefined;
}): ReactElement | null {
  const now = useRunNow(execution !== undefined && !stillStates.has(execution.status));
  const state = seenState(execution, now);
  if (state === 'idle') return null;
  const time = timeOf(execution, state, now);
  // For a finished card, the mark is enough; the space is used for the duration.
  const word = state === 'done' && time !== '' ? '' : nodeStateText(state);
  // The mark and the title say what the node waits for, because its name needs the space.
  const [shown, rest] = word.startsWith('Waiting ') ? ['Waiting', word.slice('Waiting'.length)] : [word, ''];
  return (
    <span
      className={clsx(styles['card-state'], 'aligned-inline')}
      data-state={state}
      data-moving={isMoving(state) || undefined}
      data-tip={`${nodeStateText(state)} ${time}${state === 'silent' ? `. ${silenceOf(execution, now)}` : ''}`.trim()}
    >
      <StateMark state={state} />
      {word === '' ? (
        <span className="visually-hidden">{nodeStateText(state)}</span>
      ) : (
        <span>
          {shown}
          {rest === '' ? null : <span className="visually-hidden">{rest}</span>}
        </span>
      )}
      {time === '' ? null : <span className="figure">{time}</span>}
    </span>
  );
});
