import type { LabelledValue } from '@heddle/core';
import { useContext, type ReactElement } from 'react';
import { RunContext } from '../run/index.js';
import { useWholeValue } from '../../ui/values/read/use-whole-value.js';
import { GroundReport } from './read-details.js';
import styles from './executions.module.css';

/** The answer sentence by sentence, with the passage that supports each sentence and how strongly it does. */
export function GroundSentences({
  report,
  path,
}: {
  readonly report: LabelledValue;
  readonly path: string;
}): ReactElement | null {
  const run = useContext(RunContext);
  const { value, state } = useWholeValue(
    report,
    run === undefined ? undefined : { runId: run.runId, path, port: 'report' },
  );
  const read = GroundReport.safeParse(value);
  if (!read.success) return state === 'loading' ? <p className="quiet">Loading sentences…</p> : null;
  return (
    <ol className={styles['grounded']} aria-label="Sentences">
      {read.data.map(({ sentence, score, passage, isSupported }, index) => (
        <li key={index} data-supported={isSupported || undefined}>
          <p dir="auto">{sentence}</p>
          <p className="quiet figure">
            {isSupported ? 'Supported' : 'Not supported'} · {Math.round(score * 100)} %{passage === '' ? '' : ' · '}
            {passage === '' ? null : <span className="mono">{passage}</span>}
          </p>
        </li>
      ))}
    </ol>
  );
}
