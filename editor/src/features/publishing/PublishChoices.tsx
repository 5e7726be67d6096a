import clsx from 'clsx';
import { LabelLevel, type LivePointer } from '@heddle/core';
import type { ReactElement } from 'react';
import { LinesField, NumberField, SelectField } from '../../ui/fields/FormFields.js';
import type { PublishChoice, Rollout } from './publish-plan.js';
import styles from './publishing.module.css';

const rollouts: readonly { readonly id: Rollout; readonly title: string; readonly help: string }[] = [
  { id: 'all', title: 'All callers', help: 'You can roll back with one click.' },
  {
    id: 'share',
    title: 'A share of callers first (canary)',
    help: 'The same caller always gets the same version. The canary stops automatically when it fails too often or takes too long.',
  },
  {
    id: 'nobody',
    title: 'No callers yet',
    help: 'Callers reach it only by its number, with the header Heddle-Version.',
  },
];

/** Chooses the release note of a version and the callers that get it. */
export function PublishChoices({
  choice,
  live,
  onChange,
}: {
  readonly choice: PublishChoice;
  /** The version that callers get now. */
  readonly live: LivePointer | undefined;
  readonly onChange: (choice: PublishChoice) => void;
}): ReactElement {
  return (
    <>
      <LinesField
        title="Release note"
        beside={<span className="quiet"> optional</span>}
        maxLength={10_000}
        value={choice.note}
        placeholder="Answers name their sources"
        onChange={(note) => onChange({ ...choice, note })}
      />
      <fieldset className={clsx(styles['publish-rollout'], 'bare-group')}>
        <legend className="field-label">Rollout</legend>
        {rollouts.map(({ id, title, help }) =>
          id === 'share' && live === undefined ? null : (
            <label key={id} className={styles['publish-option']}>
              <input
                type="radio"
                name="rollout"
                checked={choice.rollout === id}
                onChange={() => onChange({ ...choice, rollout: id })}
              />
              <span>
                {title} <span className="quiet">{help}</span>
              </span>
            </label>
          ),
        )}
        {live?.test === undefined || choice.rollout === 'nobody' ? null : (
          <p>This ends the running {live.test.kind === 'canary' ? 'canary' : 'A/B test'}.</p>
        )}
        {choice.rollout === 'share' ? (
          <div className="field-pair">
            <NumberField
              title="Share of callers, in percent"
              max={100}
              isRequired
              value={choice.share}
              onChange={(share = Number.NaN) => onChange({ ...choice, share })}
            />
            <NumberField
              title="Stop above this failure rate, in percent"
              max={100}
              isRequired
              value={choice.maxErrors}
              onChange={(maxErrors = Number.NaN) => onChange({ ...choice, maxErrors })}
            />
            <NumberField
              title="Stop above this mean time, in ms"
              value={choice.maxMeanMs}
              placeholder="No limit"
              onChange={(maxMeanMs) => onChange({ ...choice, maxMeanMs })}
            />
          </div>
        ) : null}
      </fieldset>
      <details className="publish-more">
        <summary>Clearance of replies: {choice.replyClearance}</summary>
        <SelectField
          title="Clearance of replies"
          isTitleHidden
          value={choice.replyClearance}
          choices={LabelLevel.options.map((level) => [level, level])}
          help="A reply with a stricter label is refused."
          onChange={(replyClearance) => onChange({ ...choice, replyClearance })}
        />
      </details>
    </>
  );
}
