import type { DocumentDiff, PublishCheck, TestReport } from '@heddle/core';
import type { ReactElement } from 'react';
import type { ApiError } from '../api/http.js';
import { Notice } from '../frame/Notice.js';
import { Link } from '../pages/Link.js';
import { testsPath, versionsPath } from '../pages/route.js';
import { useDocument } from '../session.js';
import { CheckItem, IssueLines, TestLines, type CheckState } from './Checklist.js';
import { DataMap } from './DataMap.js';
import { DiffList } from './DiffList.js';
import { diffWordsOf } from './field-words.js';
import type { PublishChoice } from './publish-plan.js';
import { Granted, References } from './References.js';

export interface TestsHere {
  readonly report: TestReport | undefined;
  readonly error: ApiError | undefined;
  readonly isBusy: boolean;
  readonly run: () => void;
}

/** What stands between a draft and its next version, one thing after the other. */
export function PublishChecks({
  check,
  diff,
  slug,
  live,
  choice,
  tests,
  onChange,
}: {
  readonly check: PublishCheck;
  /** Against the live version; undefined where nothing is live. */
  readonly diff: DocumentDiff | undefined;
  readonly slug: string;
  readonly live: number | undefined;
  readonly choice: PublishChoice;
  readonly tests: TestsHere;
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
            ? `It does not compile: ${errors === 1 ? '1 issue' : `${errors} issues`}`
            : check.issues.length > 0
              ? `It compiles, with ${check.issues.length === 1 ? 'a warning' : `${check.issues.length} warnings`}`
              : 'It compiles'
        }
      >
        {check.issues.length === 0 ? null : <IssueLines issues={check.issues} />}
      </CheckItem>
      <Tests tests={tests} count={check.testCount} slug={slug} isCompiled={errors === 0} />
      <CheckItem
        state={isAccepted ? 'good' : 'open'}
        title={
          check.isDataMapAccepted
            ? `Where the data goes, as accepted with version ${live ?? ''}`
            : 'Where the data goes'
        }
      >
        <DataMap flows={check.dataMap} />
        {check.isDataMapAccepted ? null : (
          <label className="check-accept">
            <input
              type="checkbox"
              checked={choice.isMapAccepted}
              onChange={(event) => onChange({ ...choice, isMapAccepted: event.target.checked })}
            />
            The data may go there
          </label>
        )}
      </CheckItem>
      <CheckItem
        state={check.isChanged ? 'good' : 'warning'}
        title={
          live === undefined
            ? 'Nothing is live yet: callers get it for the first time'
            : check.isChanged
              ? `What differs from version ${live}`
              : `Nothing differs from version ${live}`
        }
        action={
          live === undefined || !check.isChanged ? null : (
            <Link href={versionsPath(slug, { from: live, to: 'draft' })} className="text-link">
              Show it on the canvas
            </Link>
          )
        }
      >
        {live === undefined || diff === undefined ? null : diff.isSame ? (
          diff.isLayoutChanged ? (
            <p className="quiet">{diffWordsOf(diff)}</p>
          ) : null
        ) : (
          <>
            <p className="quiet">{diffWordsOf(diff)}</p>
            <div className="publish-diff" tabIndex={0} role="region" aria-label={`Differences from version ${live}`}>
              <DiffList diff={diff} titleOf={(id) => nodes?.[id]?.title ?? id} />
            </div>
          </>
        )}
      </CheckItem>
      <CheckItem state="good" title="What it may use">
        <p className="quiet">
          Publishing lets its runs use these, whoever calls it, while they are granted to the project.
        </p>
        <Granted references={check.references} secrets={check.secrets} />
      </CheckItem>
      <References references={check.references} />
    </>
  );
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
        title="It has no tests"
        action={
          <Link href={testsPath(slug)} className="text-link">
            Add one
          </Link>
        }
      />
    );
  const words = count === 1 ? '1 test' : `${count} tests`;
  const state: CheckState = isBusy ? 'busy' : report === undefined ? 'open' : report.failed > 0 ? 'bad' : 'good';
  return (
    <CheckItem
      state={state}
      title={
        report === undefined
          ? `${words}, run again when it is published`
          : report.failed === 0
            ? `${words} passed`
            : `${report.failed} of ${words} failed`
      }
      action={
        <button type="button" className="button button-small" disabled={isBusy || !isCompiled} onClick={run}>
          {isBusy ? 'Running' : report === undefined ? 'Run them now' : 'Run again'}
        </button>
      }
    >
      {error === undefined ? null : <Notice error={error} />}
      {report === undefined ? null : <TestLines report={report} />}
    </CheckItem>
  );
}
