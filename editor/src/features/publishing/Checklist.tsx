import clsx from 'clsx';
import type { Issue, TestReport } from '@heddle/core';
import { Check, CircleAlert, CircleDashed, LoaderCircle, X } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useIssueText } from '../session/index.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { FixText } from '../../ui/states/FixText.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import styles from './publishing.module.css';

export type CheckState = 'good' | 'bad' | 'open' | 'busy' | 'warning';

const marks = { good: Check, bad: X, open: CircleDashed, busy: LoaderCircle, warning: CircleAlert } as const;
const spoken: Readonly<Record<CheckState, string>> = {
  good: 'Done',
  bad: 'Blocks publishing',
  open: 'To do',
  busy: 'Running',
  warning: 'Warning',
};

/** A check that a draft must pass before it can be published. */
export function CheckItem({
  state,
  title,
  action,
  children,
}: {
  readonly state: CheckState;
  readonly title: ReactNode;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}): ReactElement {
  const Mark = marks[state];
  return (
    <section className={styles['check']} data-state={state}>
      <Mark size={16} className={styles['check-mark']} aria-hidden />
      <div className={clsx(styles['check-body'], 'stack gap-8')}>
        <header>
          <h3>
            <span className="visually-hidden">{spoken[state]}: </span>
            {title}
          </h3>
          {action}
        </header>
        {children}
      </div>
    </section>
  );
}

/** The issues of a draft, errors first. */
export function IssueLines({ issues }: { readonly issues: readonly Issue[] }): ReactElement {
  const text = useIssueText();
  const sorted = [...issues].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  return (
    <ul className="check-lines grid gap-6">
      {sorted.map((issue, index) => {
        const { location, message, fix } = text(issue);
        return (
          <li key={index} data-severity={issue.severity}>
            <strong>{location}</strong> {message}{' '}
            {fix === undefined ? null : (
              <span className="quiet">
                <FixText text={fix} />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The results of tests. Each failed check links to its run. */
export function TestLines({ report }: { readonly report: TestReport }): ReactElement {
  return (
    <ul className="check-lines grid gap-6">
      {report.results.map((result, index) => (
        <li key={index} data-severity={result.status === 'failed' ? 'error' : undefined}>
          <span className={clsx(styles['check-line'], 'aligned-wrapped')}>
            {result.status === 'passed' ? <Check size={13} aria-hidden /> : <X size={13} aria-hidden />}
            <span className="visually-hidden">{result.status === 'passed' ? 'Passed: ' : 'Failed: '}</span>
            <strong>{result.name}</strong>
            <span className="quiet figure">{formatDuration(result.ms)}</span>
            {result.runId === undefined ? null : (
              <Link href={runPath(result.runId)} className="text-link">
                Open run<span className="visually-hidden"> of {result.name}</span>
              </Link>
            )}
          </span>
          {result.failures.map((failure, index) => (
            <span className={styles['check-failure']} key={index}>
              <span className="mono">{failure.assertion}</span> {failure.message}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
