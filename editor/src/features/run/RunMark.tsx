import clsx from 'clsx';
import type { RunStatus } from '@heddle/core';
import { Ban, Check, Clock3, Pause, Square, X, type LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { runText } from './run-text.js';
import styles from './run.module.css';

const shapes: Partial<Record<RunStatus, LucideIcon>> = {
  queued: Clock3,
  suspended: Pause,
  paused: Ban,
  done: Check,
  failed: X,
  cancelled: Square,
};

/** The status of a run as an icon in its colour, with its text. */
export function RunMark({ status }: { readonly status: RunStatus }): ReactElement {
  const Shape = shapes[status];
  return (
    <span className="run-mark aligned-inline" data-status={status}>
      <span className={clsx(styles['run-mark-shape'], 'centred-inline')} aria-hidden>
        {Shape === undefined ? <span className={styles['state-dot']} /> : <Shape size={12} strokeWidth={2.75} />}
      </span>
      {runText[status]}
    </span>
  );
}
