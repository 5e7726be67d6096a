import clsx from 'clsx';
import { ArrowDown, ArrowUp, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import type { CandidateFact } from '../../data/api/reply-parts.js';
import type { ComboboxItem } from '../../ui/fields/Combobox.js';
import { ComboboxField } from '../../ui/fields/ComboboxField.js';
import { CandidateFacts } from './CandidateFacts.js';
import { ConditionEditor } from './ConditionEditor.js';
import type { Candidate } from './policy-draft.js';
import { freshCondition } from './route-facts.js';
import styles from './policies.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

/** A candidate of a policy: its model, measurements and conditions. */
export function CandidateEditor({
  candidate,
  at,
  count,
  models,
  fact,
  problems,
  onChange,
  onMove,
  onRemove,
}: {
  readonly candidate: Candidate;
  readonly at: number;
  readonly count: number;
  readonly models: readonly ComboboxItem[];
  readonly fact: CandidateFact | undefined;
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (candidate: Candidate) => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const name = candidate.model === '' ? `candidate ${at + 1}` : candidate.model;
  return (
    <li className="candidate boxed-surface">
      <span className={clsx(styles['candidate-position'], 'figure')} aria-hidden>
        {at + 1}
      </span>
      <div className={clsx(styles['candidate-body'], 'stack')}>
        <div className={styles['candidate-head']}>
          <ComboboxField
            title={`Model of candidate ${at + 1}`}
            isTitleHidden
            value={candidate.model}
            items={models}
            placeholder="A local model, or connection/model"
            empty="No known model has this name. You can use it anyway."
            error={problems[`candidates.${at}.model`]}
            onChange={(model) => onChange({ ...candidate, model })}
          />
          <button
            type="button"
            className="icon-button"
            disabled={at === 0}
            onClick={() => onMove(at - 1)}
            aria-label={`Move ${name} up`}
          >
            <ArrowUp size={15} aria-hidden />
          </button>
          <button
            type="button"
            className="icon-button"
            disabled={at === count - 1}
            onClick={() => onMove(at + 1)}
            aria-label={`Move ${name} down`}
          >
            <ArrowDown size={15} aria-hidden />
          </button>
          <RemoveButton label={`Remove ${name}`} isDisabled={count === 1} onClick={onRemove} />
        </div>
        <CandidateFacts fact={fact} />
        {candidate.when.length === 0 ? null : (
          <ul className={clsx(styles['conditions'], 'stack')} aria-label={`Conditions of ${name}`}>
            {candidate.when.map((condition, index) => (
              <ConditionEditor
                key={index}
                condition={condition}
                of={name}
                problem={problems[`candidates.${at}.when.${index}`]}
                onChange={(next) =>
                  onChange({
                    ...candidate,
                    when: candidate.when.map((entry, position) => (position === index ? next : entry)),
                  })
                }
                onRemove={() =>
                  onChange({ ...candidate, when: candidate.when.filter((_, position) => position !== index) })
                }
              />
            ))}
          </ul>
        )}
        <button
          type="button"
          className="text-button"
          onClick={() => onChange({ ...candidate, when: [...candidate.when, freshCondition('label')] })}
        >
          <Plus size={14} aria-hidden /> {candidate.when.length === 0 ? 'Only when…' : 'and when…'}
          <span className="visually-hidden"> a condition of {name} is met</span>
        </button>
      </div>
    </li>
  );
}
