import clsx from 'clsx';
import { RouteFact, type RouteCondition } from '@heddle/core';
import { X } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import {
  choicesFor,
  freshCondition,
  operatorsFor,
  operatorText,
  routeFacts,
  valueText,
  withOperator,
  withText,
  factLabel,
} from './route-facts.js';
import { FieldError } from '../../ui/fields/FieldError.js';
import styles from './policies.module.css';

/** A condition of a candidate: a fact, a comparison and a value. */
export function ConditionEditor({
  condition,
  of,
  problem,
  onChange,
  onRemove,
}: {
  readonly condition: RouteCondition;
  /** The name of the candidate, for screen readers. */
  readonly of: string;
  readonly problem: string | undefined;
  readonly onChange: (condition: RouteCondition) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const id = useId();
  const { title, unit } = factLabel(condition.fact);
  const choices = condition.is === 'one-of' ? undefined : choicesFor(condition.fact);
  const shared = {
    'aria-label': `${title}: value for ${of}`,
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem === undefined ? undefined : id,
    value: valueText(condition),
  };
  return (
    <li className={styles['condition']}>
      <div className="field">
        <select
          aria-label={`Fact of a condition for ${of}`}
          value={condition.fact}
          onChange={(event) => onChange(freshCondition(RouteFact.parse(event.target.value)))}
        >
          {(['request', 'candidate'] as const).map((side) => (
            <optgroup key={side} label={side === 'request' ? 'Request' : 'Candidate'}>
              {routeFacts
                .filter((entry) => entry.of === side)
                .map((entry) => (
                  <option key={entry.fact} value={entry.fact}>
                    {entry.title}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </div>
      <div className="field">
        <select
          aria-label={`${title}: comparison for ${of}`}
          value={condition.is}
          onChange={(event) => {
            const is = operatorsFor(condition.fact).find((operator) => operator === event.target.value);
            if (is !== undefined) onChange(withOperator(condition, is));
          }}
        >
          {operatorsFor(condition.fact).map((operator) => (
            <option key={operator} value={operator}>
              {operatorText[operator]}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        {choices === undefined ? (
          <input
            {...shared}
            spellCheck={false}
            placeholder={condition.is === 'one-of' ? 'a, b, c' : undefined}
            onChange={(event) => onChange(withText(condition, event.target.value))}
          />
        ) : (
          <select {...shared} onChange={(event) => onChange(withText(condition, event.target.value))}>
            {choices.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        )}
        <FieldError id={id} text={problem} />
      </div>
      <span className={clsx('quiet', styles['condition-unit'], 'small-text')}>{unit}</span>
      <button type="button" className="icon-button" onClick={onRemove} aria-label={`Remove the condition on ${title}`}>
        <X size={15} aria-hidden />
      </button>
    </li>
  );
}
