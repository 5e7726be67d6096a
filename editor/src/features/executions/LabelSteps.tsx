import type { ReactElement } from 'react';
import type { PathRecord } from '../run/index.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import styles from './executions.module.css';

type LabelRecord = Extract<PathRecord, { type: 'label-decision' }>;

/** The data flows of an execution: where data was sent, withheld or declassified. */
export function LabelSteps({ records }: { readonly records: readonly PathRecord[] }): ReactElement | null {
  const steps = records.filter((record): record is LabelRecord => record.type === 'label-decision');
  // A repeated flow has an equal record each time; only the first is shown.
  const unlike = steps.filter((step, index) => steps.findIndex((other) => keyOf(other) === keyOf(step)) === index);
  if (unlike.length === 0) return null;
  return (
    <section className={styles['label-steps']} aria-label="Data flows">
      <h3>Data flows</h3>
      <ul>
        {unlike.map((step) => (
          <li key={step.seq} data-decision={step.decision}>
            <LabelMark level={step.label.level} marks={step.label.marks} />{' '}
            {step.decision === 'declassified' ? (
              <>
                {isSame(step) ? 'keeps its label' : 'declassified '}
                {step.to === undefined || isSame(step) ? (
                  ''
                ) : (
                  <>
                    to <LabelMark level={step.to.level} marks={step.to.marks} />
                  </>
                )}
                {step.port === undefined ? null : (
                  <>
                    {' '}
                    at <span className="mono">{step.port}</span>
                  </>
                )}
                {step.by === undefined ? '' : ` by ${step.by}`}
              </>
            ) : (
              <>
                to <span className="mono">{step.destination}</span>: <strong>{step.decision}</strong>
              </>
            )}
            <span className="quiet"> {step.reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A redaction of data with a low label leaves the label as it is. */
const isSame = ({ label, to }: LabelRecord): boolean =>
  to?.level === label.level && to.marks.length === label.marks.length;

const keyOf = ({ decision, destination, label, port, reason }: LabelRecord): string =>
  [decision, destination, label.level, ...label.marks, port, reason].join(' ');
