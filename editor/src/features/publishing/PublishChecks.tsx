import clsx from 'clsx';
import type { DocumentDiff, PublishCheck, TestReport } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import type { ApiError } from '../../data/http/http.js';
import { Notice } from '../../ui/states/Notice.js';
import { Link } from '../../ui/navigation/Link.js';
import { testsPath, versionsPath } from '../../ui/navigation/route.js';
import { useDocument } from '../session/index.js';
import { CheckItem, IssueLines, TestLines, type CheckState } from './Checklist.js';
import { DataMap } from './DataMap.js';
import { DiffList, diffSummary } from '../differences/index.js';
import type { PublishChoice } from './publish-plan.js';
import { Granted, References } from './References.js';
import styles from './publishing.module.css';

interface TestsHere {
  readonly report: TestReport | undefined;
  readonly error: ApiError | undefined;
  readonly isBusy: boolean;
  readonly run: () => void;
}

/** All checks before the draft can be published. */
export function PublishChecks({
  check,
  diff,
  slug,
  live,
  choice,
  tests,
  gate,
  onChange,
}: {
  readonly check: PublishCheck;
  /** The differences from the live version; undefined if none is live. */
  readonly diff: DocumentDiff | undefined;
  readonly slug: string;
  readonly live: number | undefined;
  readonly choice: PublishChoice;
  readonly tests: TestsHere;
  /** The rules of the project's gate, if there are any. */
  readonly gate: ReactNode;
  readonly onChange: (choice: PublishChoice) => void;
}): ReactElement {
  const nodes = useDocument((state) => state.document?.nodes);
  const errors = check.issues.filter(({ severity }) => severity === 'error').length;
  const isAccepted = check.isDataMapAccepted || choice.isMapAccepted;
  return (
    <>
      <CheckItem
        state={errors > 0 ? 'bad' : check.issues.length > 0 ? 'warning' : 'good'}
        title={
          errors > 0
            ? `Not valid: ${errors === 1 ? '1 issue' : `${errors} issues`}`
            : check.issues.length > 0
              ? `Valid, with ${check.issues.length === 1 ? 'a warning' : `${check.issues.length} warnings`}`
              : 'Valid'
        }
      >
        {check.issues.length === 0 ? null : <IssueLines issues={check.issues} />}
      </CheckItem>
      <Tests tests={tests} count={check.testCount} slug={slug} isCompiled={errors === 0} />
      {gate}
      <CheckItem state={isAccepted ? 'good' : 'open'} title={mapTitle(check)}>
        <DataMap flows={check.dataMap} />
        {check.isDataMapAccepted ? null : (
          <label className="aligned-inline gap-8 strong-text">
            <input
              type="checkbox"
              checked={choice.isMapAccepted}
              onChange={(event) => onChange({ ...choice, isMapAccepted: event.target.checked })}
            />
            Accept these data flows
          </label>
        )}
      </CheckItem>
      <CheckItem
        state={check.isChanged ? 'good' : 'warning'}
        title={
          live === undefined
            ? 'First version: no version is live yet'
            : check.isChanged
              ? `Changes since version ${live}`
              : `No changes since version ${live}`
        }
        action={
          live === undefined || !check.isChanged ? null : (
            <Link href={versionsPath(slug, { from: live, to: 'draft' })} className="text-link">
              Show on canvas
            </Link>
          )
        }
      >
        {live === undefined || diff === undefined ? null : diff.isSame ? (
          diff.isLayoutChanged ? (
            <p className="quiet">{diffSummary(diff)}</p>
          ) : null
        ) : (
          <>
            <p className="quiet">{diffSummary(diff)}</p>
            <div
              className={clsx(styles['publish-diff'], 'boxed-surface')}
              tabIndex={0}
              role="region"
              aria-label={`Changes since version ${live}`}
            >
              <DiffList diff={diff} titleOf={(id) => nodes?.[id]?.title ?? id} />
            </div>
          </>
        )}
      </CheckItem>
      <CheckItem state="good" title="Resources">
        <p className="quiet">
          Published runs can use these, whoever calls them, while they are granted to the project.
        </p>
        <Granted references={check.references} secrets={check.secrets} />
      </CheckItem>
      <References references={check.references} />
    </>
  );
}

function mapTitle({ isDataMapAccepted, dataMapVersion }: PublishCheck): string {
  if (!isDataMapAccepted) return 'Data flows';
  return dataMapVersion === undefined
    ? 'Data flows: nothing leaves this machine'
    : `Data flows, the same as in version ${dataMapVersion}`;
}

function Tests({
  tests: { report, error, isBusy, run },
  count,
  slug,
  isCompiled,
}: {
  readonly tests: TestsHere;
  readonly count: number;
  readonly slug: string;
  readonly isCompiled: boolean;
}): ReactElement {
  if (count === 0)
    return (
      <CheckItem
        state="warning"
        title="No tests"
        action={
          <Link href={testsPath(slug)} className="text-link">
            Add test
          </Link>
        }
      />
    );
  const text = count === 1 ? '1 test' : `${count} tests`;
  const state: CheckState = isBusy ? 'busy' : report === undefined ? 'open' : report.failed > 0 ? 'bad' : 'good';
  return (
    <CheckItem
      state={state}
      title={
        report === undefined
          ? `${text}, run again on publishing`
          : report.failed === 0
            ? `${text} passed`
            : `${report.failed} of ${text} failed`
      }
      action={
        <button type="button" className="button button-small" disabled={isBusy || !isCompiled} onClick={run}>
          {isBusy ? 'Running' : report === undefined ? 'Run tests' : 'Run again'}
        </button>
      }
    >
      {error === undefined ? null : <Notice error={error} />}
      {report === undefined ? null : <TestLines report={report} />}
    </CheckItem>
  );
}
