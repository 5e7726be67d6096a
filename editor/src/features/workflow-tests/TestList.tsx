import clsx from 'clsx';
import type { TestResult } from '@heddle/core';
import { Copy, Play, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { assertionText, type TestLine } from './test-lines.js';
import styles from './workflow-tests.module.css';

interface TestListProps {
  readonly lines: readonly TestLine[];
  readonly results: ReadonlyMap<string, TestResult>;
  readonly running: ReadonlySet<string>;
  readonly chosen: number | undefined;
  readonly mayEdit: boolean;
  readonly mayRun: boolean;
  readonly onChoose: (index: number) => void;
  readonly onRun: (name: string) => void;
  readonly onCopy: (index: number) => void;
  readonly onDelete: (index: number) => void;
  /** Undefined if the user may not change tests. */
  readonly onRecord: ((index: number, node: string, isNow: boolean) => void) | undefined;
}

/** The tests of a workflow with their checks and results. */
export function TestList({ lines, results, running, chosen, mayEdit, mayRun, ...on }: TestListProps): ReactElement {
  return (
    <ul className="rows">
      {lines.map((line, index) =>
        line.kind === 'unreadable' ? (
          <li key={index} className={styles['test-row']}>
            <p className="field-error">
              Line {index + 1} cannot be read: {line.problem}
            </p>
            <p className={clsx('mono', styles['test-raw'])}>{line.text}</p>
            {mayEdit ? (
              <button type="button" className="button button-small" onClick={() => on.onDelete(index)}>
                Delete line
              </button>
            ) : null}
          </li>
        ) : (
          <li key={index} className={styles['test-row']} data-selected={chosen === index || undefined}>
            <div className={clsx(styles['test-head'], 'aligned')}>
              <TestDot result={results.get(line.test.name)} isRunning={running.has(line.test.name)} />
              <button
                type="button"
                className="row-button row-main"
                aria-pressed={chosen === index}
                onClick={() => on.onChoose(index)}
              >
                <span className="row-title">{line.test.name}</span>
                <span className="quiet">{assertionText(line.test)}</span>
              </button>
              <span className={styles['test-tools']}>
                {mayRun ? (
                  <Tool title={`Run ${line.test.name}`} isOff={running.size > 0} run={() => on.onRun(line.test.name)}>
                    <Play size={14} aria-hidden />
                  </Tool>
                ) : null}
                {mayEdit ? (
                  <>
                    <Tool title={`Copy ${line.test.name}`} run={() => on.onCopy(index)}>
                      <Copy size={14} aria-hidden />
                    </Tool>
                    <Tool title={`Delete ${line.test.name}`} run={() => on.onDelete(index)}>
                      <Trash2 size={14} aria-hidden />
                    </Tool>
                  </>
                ) : null}
              </span>
            </div>
            <Result
              result={results.get(line.test.name)}
              mayRun={mayRun}
              onRecord={on.onRecord === undefined ? undefined : (node, isNow) => on.onRecord?.(index, node, isNow)}
            />
          </li>
        ),
      )}
    </ul>
  );
}

function Result({
  result,
  mayRun,
  onRecord,
}: {
  readonly result: TestResult | undefined;
  readonly mayRun: boolean;
  readonly onRecord: ((node: string, isNow: boolean) => void) | undefined;
}): ReactElement | null {
  if (result === undefined) return null;
  const node = result.failures.find(({ wouldCall }) => wouldCall !== undefined)?.wouldCall;
  return (
    <div className={styles['tests-result']}>
      <span className="quiet figure">
        {result.status === 'passed' ? 'Passed' : 'Failed'} in {formatDuration(result.ms)}
        {result.runId === undefined ? '' : ' · '}
      </span>
      {result.runId === undefined ? null : (
        <Link href={runPath(result.runId)} className="text-link">
          Open run<span className="visually-hidden"> of {result.name}</span>
        </Link>
      )}
      {result.failures.map((failure, index) => (
        <p key={index}>
          <span className="mono">{failure.assertion}</span> {failure.message}
        </p>
      ))}
      {node === undefined || onRecord === undefined ? null : (
        <p className="aligned-wrapped gap-8">
          <button type="button" className="button button-small" onClick={() => onRecord(node, false)}>
            Record from a run<span className="visually-hidden"> for {result.name}</span>
          </button>
          {mayRun ? (
            <button type="button" className="button button-small" onClick={() => onRecord(node, true)}>
              Record now<span className="visually-hidden"> for {result.name}</span>
            </button>
          ) : null}
        </p>
      )}
    </div>
  );
}

function TestDot({
  result,
  isRunning,
}: {
  readonly result: TestResult | undefined;
  readonly isRunning: boolean;
}): ReactElement {
  const status = isRunning ? 'running' : result?.status === 'passed' ? 'done' : result?.status;
  const text = isRunning ? 'Running' : result === undefined ? 'Not run yet' : result.status;
  return (
    <span className={styles['test-state']}>
      <span className="row-dot" data-status={status ?? 'cancelled'} aria-hidden />
      <span className="visually-hidden">{text}</span>
    </span>
  );
}

function Tool({
  title,
  isOff = false,
  run,
  children,
}: {
  readonly title: string;
  readonly isOff?: boolean;
  readonly run: () => void;
  readonly children: ReactElement;
}): ReactElement {
  return (
    <button type="button" className="icon-button" aria-label={title} data-tip={title} disabled={isOff} onClick={run}>
      {children}
    </button>
  );
}
