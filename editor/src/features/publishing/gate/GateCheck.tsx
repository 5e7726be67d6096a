import clsx from 'clsx';
import type { GateReport, GateRuleResult } from '@heddle/core';
import { Check, CircleAlert, CircleDashed, LoaderCircle, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { LinesField } from '../../../ui/fields/FormFields.js';
import { Link } from '../../../ui/navigation/Link.js';
import { qualityPath } from '../../../ui/navigation/route.js';
import { Notice } from '../../../ui/states/Notice.js';
import { CheckItem, type CheckState } from '../Checklist.js';
import { figureText, gateStates } from './gate-text.js';
import { passesGate, type PublishChoice } from '../publish-plan.js';
import type { OpenGate } from './use-gate.js';
import styles from '../publishing.module.css';

/** The results of the gate's rules for the draft, what is missing, and a way to publish although the gate fails. */
export function GateCheck({
  gate,
  choice,
  onChange,
}: {
  readonly gate: OpenGate;
  readonly choice: PublishChoice;
  readonly onChange: (choice: PublishChoice) => void;
}): ReactElement | null {
  const mayRun = useMay('run:draft');
  const mayOverride = useMay('gate:manage');
  const { report, isBusy, error, run } = gate;
  if (report === undefined) return null;
  const isMissing = report.rules.some(({ state }) => state === 'not-run' || state === 'stale');
  return (
    <CheckItem
      state={stateOf(report)}
      title={titleOf(report)}
      action={
        isMissing && mayRun ? (
          <button type="button" className="button button-small" disabled={isBusy} onClick={() => run()}>
            {isBusy ? 'Starting' : 'Run what is missing'}
          </button>
        ) : null
      }
    >
      {error === undefined ? null : <Notice error={error} />}
      <ul className="check-lines grid gap-6">
        {report.rules.map((rule) => (
          <RuleLine
            key={`${rule.project}/${rule.rule}`}
            rule={rule}
            onAgain={mayRun && !isBusy ? () => run([rule.rule]) : undefined}
          />
        ))}
      </ul>
      {isMissing && !mayRun ? <p className="quiet">An editor of the project can run what is missing.</p> : null}
      {passesGate(report) || !mayOverride ? null : <Override choice={choice} onChange={onChange} />}
    </CheckItem>
  );
}

function stateOf(report: GateReport): CheckState {
  const has = (...states: readonly GateRuleResult['state'][]): boolean =>
    report.rules.some(({ state }) => states.includes(state));
  if (has('failed', 'broken')) return 'bad';
  if (has('running')) return 'busy';
  return report.rules.every(({ state }) => state === 'passed') ? 'good' : 'open';
}

function titleOf({ rules }: GateReport): string {
  const passed = rules.filter(({ state }) => state === 'passed').length;
  if (passed === rules.length)
    return rules.length === 1 ? 'Gate: the rule passed' : `Gate: all ${rules.length} rules passed`;
  return `Gate: ${passed} of ${rules.length === 1 ? '1 rule' : `${rules.length} rules`} passed`;
}

const marks = {
  passed: Check,
  failed: X,
  broken: X,
  running: LoaderCircle,
  paused: CircleAlert,
  'not-run': CircleDashed,
  stale: CircleDashed,
} as const;

function RuleLine({
  rule: { title, state, message, figures, progress, experiment, replay, kind },
  onAgain,
}: {
  readonly rule: GateRuleResult;
  readonly onAgain: (() => void) | undefined;
}): ReactElement {
  const Mark = marks[state];
  const isBad = state === 'failed' || state === 'broken';
  return (
    <li data-severity={isBad ? 'error' : undefined}>
      <span className={clsx(styles['check-line'], 'aligned-wrapped')}>
        <Mark size={13} aria-hidden />
        <strong dir="auto">{title}</strong>
        <span className="quiet figure">
          {gateStates[state]}
          {progress === undefined ? '' : `, ${progress.done} of ${progress.total}`}
        </span>
        {experiment === undefined ? null : (
          <Link href={qualityPath('experiments', experiment)} className="text-link">
            Open experiment<span className="visually-hidden"> of {title}</span>
          </Link>
        )}
        {replay === undefined ? null : (
          <Link href={qualityPath('replays', replay)} className="text-link">
            Open replay<span className="visually-hidden"> of {title}</span>
          </Link>
        )}
        {state === 'failed' && kind !== 'tests' && onAgain !== undefined ? (
          <button type="button" className="button button-small" onClick={onAgain}>
            Run again<span className="visually-hidden">: {title}</span>
          </button>
        ) : null}
      </span>
      {message === undefined ? null : <span className={styles['check-failure']}>{message}</span>}
      {figures.map((figure) => (
        <span className={clsx(styles['check-failure'], 'figure')} key={figure.title}>
          <span className={figure.isPassed ? 'quiet' : 'failed-text'}>
            {figure.isPassed ? '✓' : '✗'}
            <span className="visually-hidden">{figure.isPassed ? ' Passed:' : ' Failed:'}</span> {figure.title}:{' '}
            {figureText(figure)}
          </span>
          {figure.note === undefined ? null : <span className="quiet"> {figure.note}</span>}
        </span>
      ))}
    </li>
  );
}

function Override({
  choice,
  onChange,
}: {
  readonly choice: PublishChoice;
  readonly onChange: (choice: PublishChoice) => void;
}): ReactElement {
  const { override } = choice;
  return (
    <>
      <label className="aligned-inline gap-8">
        <input
          type="checkbox"
          checked={override !== undefined}
          onChange={({ target }) => onChange({ ...choice, override: target.checked ? '' : undefined })}
        />
        Publish past the gate
      </label>
      {override === undefined ? null : (
        <LinesField
          title="Reason"
          value={override}
          isFirst
          maxLength={2_000}
          placeholder="What makes this version right to publish now"
          help="The audit log stores the reason with the rules that did not pass, and the version shows it."
          onChange={(reason) => onChange({ ...choice, override: reason })}
        />
      )}
    </>
  );
}
