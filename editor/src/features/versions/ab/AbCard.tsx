import clsx from 'clsx';
import type { AbReport } from '@heddle/core';
import { Suspense, useState, type ReactElement } from 'react';
import { readVersions } from '../../publishing/index.js';
import { AbEnd } from './AbEnd.js';
import { percentsOf, ShareBar } from './ShareBar.js';
import { AbDetails } from './late-parts.js';
import abStyles from './ab.module.css';
import versionsStyles from '../versions.module.css';

/** A summary of the running canary or A/B test of a workflow, or of how the last one ended. */
export function AbCard({
  report,
  workflow,
  mayPublish,
}: {
  readonly report: AbReport;
  readonly workflow: string;
  readonly mayPublish: boolean;
}): ReactElement {
  const { test, arms, verdict } = report;
  const [isOpen, setOpen] = useState(false);
  const isRunning = test.outcome === undefined;
  const name = test.kind === 'canary' ? 'Canary' : 'A/B test';
  const runs = arms.reduce((sum, arm) => sum + arm.runs, 0);
  const figures = (
    <button type="button" className="button button-small" onClick={() => setOpen(true)}>
      {isRunning && mayPublish ? 'Figures and shares' : 'Figures'}
    </button>
  );
  return (
    <section className={abStyles['ab-card']} aria-label={name} data-verdict={verdict.kind}>
      <h3 className={clsx(abStyles['ab-head'], 'aligned')}>
        {name}{' '}
        {isRunning ? (
          <span className={clsx('badge', versionsStyles['badge-standing'])}>Running</span>
        ) : (
          <span className="badge">Ended</span>
        )}
        <span className={clsx('quiet', abStyles['ab-runs'])}>
          {runs} {runs === 1 ? 'run' : 'runs'}
        </span>
      </h3>
      {isRunning ? <ShareBar arms={percentsOf(test.arms)} control={test.control} /> : null}
      <p className={abStyles['ab-verdict']} role="status">
        {verdict.text}
      </p>
      {isRunning && mayPublish ? (
        <AbEnd
          workflow={workflow}
          report={report}
          versions={promotable(report)}
          onChanged={() => readVersions(workflow)}
        >
          {figures}
        </AbEnd>
      ) : (
        figures
      )}
      {isOpen ? (
        <Suspense>
          <AbDetails workflow={workflow} first={test.id} mayPublish={mayPublish} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </section>
  );
}

/** The versions that can be promoted: the winner of a test, or the new version of a canary, which has no winner. */
function promotable({ test, verdict }: AbReport): readonly number[] {
  if (verdict.kind === 'winner' && verdict.version !== undefined) return [verdict.version];
  return test.kind === 'canary' ? test.arms.map(({ version }) => version).filter((one) => one !== test.control) : [];
}
