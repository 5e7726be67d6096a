import clsx from 'clsx';
import type { NodeRunSettings } from '@heddle/core';
import { Merge, RotateCw, Timer } from 'lucide-react';
import { memo, type ReactElement } from 'react';
import { runSign, runSummary, type RunSign } from '../../document/index.js';
import styles from './card.module.css';

/** A mark on a node with special run settings (attempts, timeout, start condition). Its title lists them. */
export const RunSignMark = memo(function RunSignMark({
  run,
}: {
  readonly run: NodeRunSettings | undefined;
}): ReactElement | null {
  const sign = runSign(run);
  if (sign === undefined) return null;
  const summary = runSummary(run);
  return (
    <span
      className={clsx(styles['card-run-sign'], 'aligned-inline figure')}
      data-tip={`Retries and timeouts: ${summary}`}
    >
      <Shape sign={sign} />
      <span className="visually-hidden">Retries and timeouts: {summary}</span>
    </span>
  );
});

function Shape({ sign }: { readonly sign: RunSign }): ReactElement {
  switch (sign.kind) {
    case 'attempts':
      return (
        <>
          <RotateCw size={11} strokeWidth={2.5} aria-hidden />
          <span aria-hidden>{sign.attempts}</span>
        </>
      );
    case 'once':
      return <span aria-hidden>1×</span>;
    case 'deadline':
      return <Timer size={12} aria-hidden />;
    case 'join':
      return <Merge size={12} aria-hidden />;
  }
}
