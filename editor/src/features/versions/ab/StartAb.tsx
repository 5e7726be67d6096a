import { abMetrics, callersForDifference, type AbGuard, type AbMetric } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { LinesField, NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { readVersions } from '../../publishing/index.js';
import { ArmChoice } from './ArmChoice.js';
import type { ArmPercent } from './ShareBar.js';
import styles from './ab.module.css';

const ownScore = 'score';
/** The standard deviation of a check that passes in half of all cases. No score from 0 to 1 has a larger one. */
const worstDeviation = 0.5;

/** Chooses the versions of a test, their shares, the metric that decides and the guards, and starts the test. */
export function StartAb({
  workflow,
  live,
  versions,
  onClose,
}: {
  readonly workflow: string;
  /** The live version, which is the control. */
  readonly live: number;
  /** Newest first. */
  readonly versions: readonly number[];
  readonly onClose: () => void;
}): ReactElement {
  const [arms, setArms] = useState<readonly ArmPercent[]>(() => firstArms(live, versions));
  const [metric, setMetric] = useState('feedback');
  const [score, setScore] = useState('');
  const [better, setBetter] = useState<'higher' | 'lower'>('higher');
  const [maxErrors, setMaxErrors] = useState<number | undefined>(10);
  const [maxSeconds, setMaxSeconds] = useState<number>();
  const [sticky, setSticky] = useState<'caller' | 'conversation'>('caller');
  const [promote, setPromote] = useState<'person' | 'automatic'>('person');
  const [minRuns, setMinRuns] = useState<number | undefined>(20);
  const [note, setNote] = useState('');
  const isOwn = metric === ownScore;
  const primary: AbMetric = isOwn ? { name: `score:${score.trim()}`, better } : { name: metric };
  const isReady = arms.length > 1 && (!isOwn || score.trim() !== '') && minRuns !== undefined && minRuns >= 1;
  return (
    <FormDialog
      title="Start an A/B test"
      verb="Start test"
      isDisabled={!isReady}
      isWide
      onClose={onClose}
      onSubmit={async () => {
        await client.POST('/api/workflows/{id}/ab', {
          params: { path: { id: workflow } },
          body: {
            arms: arms.map(({ version, percent }) => ({ version, share: percent / 100 })),
            guards: guardsOf(maxErrors, maxSeconds),
            primary,
            sticky,
            promote,
            minRuns,
            note: note.trim(),
          },
        });
        await readVersions(workflow);
        onClose();
      }}
    >
      <ArmChoice arms={arms} live={live} versions={versions} onChange={setArms} />
      <SelectField
        title="What decides"
        value={metric}
        choices={[
          ...abMetrics.map(({ name, title, better: side }) => [name, `${title} (${side} is better)`] as const),
          [ownScore, 'A score of a monitor'] as const,
        ]}
        help={lengthText(metric, arms.length - 1)}
        onChange={setMetric}
      />
      {isOwn ? (
        <div className={styles['ab-fields']}>
          <TextField
            title="Name of the score"
            value={score}
            isRequired
            placeholder="groundedness"
            onChange={setScore}
          />
          <SelectField
            title="Better is"
            value={better}
            choices={[
              ['higher', 'Higher'],
              ['lower', 'Lower'],
            ]}
            onChange={setBetter}
          />
        </div>
      ) : null}
      <div className={styles['ab-fields']}>
        <NumberField
          title="Failed runs at most, in percent"
          value={maxErrors}
          max={100}
          help="An arm above this limit gets no more callers. Empty: no limit."
          onChange={setMaxErrors}
        />
        <NumberField
          title="Mean latency at most, in seconds"
          value={maxSeconds}
          help="The same for slow arms. Empty: no limit."
          onChange={setMaxSeconds}
        />
      </div>
      <div className={styles['ab-fields']}>
        <SelectField
          title="Who keeps the same version"
          value={sticky}
          choices={[
            ['caller', 'A caller'],
            ['conversation', 'A conversation'],
          ]}
          help="It also counts once for the verdict."
          onChange={setSticky}
        />
        <NumberField
          title="Judged from"
          value={minRuns}
          min={1}
          step={1}
          isRequired
          help="Runs of an arm, and callers for the verdict."
          onChange={setMinRuns}
        />
      </div>
      <SelectField
        title="A winner"
        value={promote}
        choices={[
          ['person', 'is promoted by a person'],
          ['automatic', 'gets all callers by itself'],
        ]}
        onChange={setPromote}
      />
      <LinesField title="What is tried" value={note} maxLength={2_000} onChange={setNote} />
    </FormDialog>
  );
}

/** Half of the callers for the live version, half for the newest other one. */
function firstArms(live: number, versions: readonly number[]): readonly ArmPercent[] {
  const other = versions.find((version) => version !== live);
  const arms = [live, ...(other === undefined ? [] : [other])];
  return arms.map((version) => ({ version, percent: 100 / arms.length }));
}

function guardsOf(maxErrors: number | undefined, maxSeconds: number | undefined): AbGuard[] {
  return [
    ...(maxErrors === undefined
      ? []
      : [{ metric: { name: 'errors' }, against: 'limit', value: maxErrors / 100 } as const]),
    ...(maxSeconds === undefined
      ? []
      : [{ metric: { name: 'ms' }, against: 'limit', value: maxSeconds * 1_000 } as const]),
  ];
}

/** How many callers a test needs to show a difference. */
function lengthText(metric: string, others: number): string {
  if (['ms', 'cost', 'tokens'].includes(metric)) return 'An interval needs 100 callers of each arm.';
  const level = 1 - 0.05 / Math.max(1, others);
  const unit = metric === 'errors' ? 'check' : 'score';
  const callers = callersForDifference({ unit, difference: 0.1, deviation: worstDeviation }, level) ?? 0;
  const rounded = Math.ceil(callers / 100) * 100;
  return `At most about ${rounded.toLocaleString()} callers of each arm show a difference of 10 points; a larger one shows sooner.`;
}
