import type { ReactElement } from 'react';
import type { PathRecord } from '../run/path-records.js';
import { LabelMark } from '../values/LabelMark.js';

type LabelRecord = Extract<PathRecord, { type: 'label-decision' }>;

/** Where data was let out, kept in, or given a lower label. */
export function LabelSteps({ records }: { readonly records: readonly PathRecord[] }): ReactElement | null {
  const steps = records.filter((record): record is LabelRecord => record.type === 'label-decision');
  // The same data to the same place says the same each time.
  const unlike = steps.filter((step, index) => steps.findIndex((other) => keyOf(other) === keyOf(step)) === index);
  if (unlike.length === 0) return null;
  return (
    <section className="label-steps" aria-label="Where data went">
      <h3>Where data went</h3>
      <ul>
        {unlike.map((step) => (
          <li key={step.seq} data-decision={step.decision}>
            <LabelMark level={step.label.level} marks={step.label.marks} />{' '}
            {step.decision === 'lowered' ? (
              <>
                {isSame(step) ? 'stays as low as it is' : 'lowered '}
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

/** A redaction of what was low enough before changes nothing of its label. */
const isSame = ({ label, to }: LabelRecord): boolean =>
  to?.level === label.level && to.marks.length === label.marks.length;

const keyOf = ({ decision, destination, label, port, reason }: LabelRecord): string =>
  [decision, destination, label.level, ...label.marks, port, reason].join(' ');
