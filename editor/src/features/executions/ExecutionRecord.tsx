import clsx from 'clsx';
import { useMemo, type ReactElement } from 'react';
import { useExecutionAt, useNested, useRecord } from '../run/index.js';
import { AgentSteps } from './AgentSteps.js';
import { agentSteps } from './agent-steps.js';
import { Attempts } from './Attempts.js';
import { DecisionDetail } from './DecisionDetail.js';
import { GroundSentences } from './GroundSentences.js';
import { LabelSteps } from './LabelSteps.js';
import { HumanInputAnswers } from './HumanInputAnswers.js';
import { useWholeSteps } from './use-whole-steps.js';
import styles from './executions.module.css';

/** The decisions, calls, label changes and answers that an execution recorded. Renders nothing if there are none. */
export function ExecutionRecord({ path }: { readonly path: string }): ReactElement | null {
  const records = useRecord(path);
  const nested = useNested(path);
  const report = useExecutionAt(path)?.outputs?.['report'];
  // Approvals appear below, with the answers.
  const decisions = useMemo(
    () => records.filter((record) => record.type === 'node-decision').filter(({ kind }) => kind !== 'approval'),
    [records],
  );
  const whole = useWholeSteps(records, path);
  const steps = useMemo(() => agentSteps(whole, nested), [whole, nested]);
  if (records.length === 0) return null;
  return (
    <div className={clsx(styles['record'], 'stack gap-8')}>
      {decisions.map((decision) => (
        <section
          key={decision.seq}
          className={clsx(styles['decision'], 'stack gap-8 boxed')}
          data-kind={decision.kind}
          aria-label="Decision"
        >
          <p className="strong-text" dir="auto">
            {decision.summary}
          </p>
          <DecisionDetail decision={decision} />
          {decision.kind === 'ground' && report !== undefined ? <GroundSentences report={report} path={path} /> : null}
        </section>
      ))}
      <Attempts path={path} records={records} />
      {steps.length === 0 ? null : <AgentSteps steps={steps} />}
      <LabelSteps records={records} />
      <HumanInputAnswers records={records} />
    </div>
  );
}
