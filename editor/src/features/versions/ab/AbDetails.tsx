import clsx from 'clsx';
import type { AbReport } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useReloadInterval } from '../../../data/queries/use-reload-interval.js';
import { useGet } from '../../../data/queries/use-get.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { SelectField } from '../../../ui/fields/FormFields.js';
import { Notice } from '../../../ui/states/Notice.js';
import { readVersions } from '../../publishing/index.js';
import { AbEnd } from './AbEnd.js';
import { AbFigures } from './AbFigures.js';
import { percentsOf, ShareBar, type ArmPercent } from './ShareBar.js';
import styles from './ab.module.css';

const everyMs = 5_000;

/** The tests of a workflow with their figures. Users who may publish can change the shares, promote a version, and stop a test. */
export function AbDetails({
  workflow,
  first,
  mayPublish,
  onClose,
}: {
  readonly workflow: string;
  /** The id of the test that is shown first. */
  readonly first: string;
  readonly mayPublish: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const { value, error, again } = useGet('/api/workflows/{id}/ab', { params: { path: { id: workflow } } });
  const [chosen, setChosen] = useState(first);
  useReloadInterval(again, everyMs);
  const report = value?.tests.find(({ test }) => test.id === chosen);
  const reload = async (): Promise<void> => {
    again();
    await readVersions(workflow);
  };
  return (
    <Dialog title="A/B tests and canaries" onClose={onClose}>
      <div className={clsx('dialog-form dialog-wide', styles['ab-details'])}>
        {error === undefined ? null : <Notice error={error} action={{ name: 'Retry', run: again }} />}
        {value === undefined ? <p className="quiet">Loading figures…</p> : null}
        {value !== undefined && value.tests.length > 1 ? (
          <SelectField title="Test" value={chosen} choices={value.tests.map(nameOfTest)} onChange={setChosen} />
        ) : null}
        {report === undefined ? null : (
          <>
            <p className={styles['ab-verdict']}>{report.verdict.text}</p>
            {report.test.note === '' ? null : <p className={styles['ab-note']}>{report.test.note}</p>}
            {mayPublish && report.test.outcome === undefined ? (
              <AbActions key={report.test.revision} workflow={workflow} report={report} onChanged={reload} />
            ) : (
              <ShareBar arms={percentsOf(report.test.arms)} control={report.test.control} />
            )}
            <AbFigures report={report} />
          </>
        )}
      </div>
    </Dialog>
  );
}

const nameOfTest = ({ test }: AbReport): [string, string] => [
  test.id,
  `${test.kind === 'canary' ? 'Canary' : 'A/B test'} of version ${test.arms
    .map(({ version }) => version)
    .filter((version) => version !== test.control)
    .join(
      ', ',
    )}${test.startedAt === 0 ? '' : `, ${new Date(test.startedAt).toLocaleString()}`}${test.outcome === undefined ? '' : ` (${test.outcome})`}`,
];

function AbActions({
  workflow,
  report,
  onChanged,
}: {
  readonly workflow: string;
  readonly report: AbReport;
  readonly onChanged: () => Promise<void>;
}): ReactElement {
  const { test } = report;
  const before = percentsOf(test.arms);
  const [arms, setArms] = useState<readonly ArmPercent[]>(before);
  const action = useAction();
  const params = { path: { id: workflow, test: test.id } };
  const isChanged = arms.some(({ percent }, index) => percent !== before[index]?.percent);
  const lost = test.rollbacks.map(({ version }) => version);
  const isAllowed = arms.every(({ version, percent }) => percent === 0 || !lost.includes(version));
  const others = test.arms
    .filter(({ version, share }) => version !== test.control && share > 0)
    .map(({ version }) => version);
  return (
    <div className={styles['ab-actions']}>
      <ShareBar arms={arms} control={test.control} onChange={setArms} />
      <ul className={clsx(styles['ab-legend'], 'wrapped')}>
        {arms.map(({ version, percent }, index) => (
          <li key={version}>
            <span className={styles['ab-swatch']} data-arm={index} aria-hidden /> Version {version}
            {version === test.control ? ', control' : ''}: {percent}%
            {lost.includes(version) ? ' (rolled back by a guard)' : ''}
          </li>
        ))}
      </ul>
      <AbEnd workflow={workflow} report={report} versions={others} onChanged={onChanged}>
        <button
          type="button"
          className="button button-small"
          disabled={!isChanged || !isAllowed || action.isBusy}
          onClick={() => {
            const shares = arms.map(({ version, percent }) => ({ version, share: percent / 100 }));
            action.run(async () => {
              const body = { revision: test.revision, arms: shares };
              await client.POST('/api/workflows/{id}/ab/{test}/shares', { params, body });
              await onChanged();
            });
          }}
        >
          Save shares
        </button>
      </AbEnd>
      {action.error === undefined ? null : (
        <Notice error={action.error} action={{ name: 'Read again', run: () => void onChanged() }} />
      )}
    </div>
  );
}
