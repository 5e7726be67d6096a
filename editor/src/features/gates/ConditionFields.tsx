import clsx from 'clsx';
import { runMetrics, type EvaluatorKind, type EvaluatorSetup } from '@heddle/core';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { fieldsOf } from '../../ui/forms/use-form.js';
import { useFocusAdded } from '../../ui/keyboard/use-focus-added.js';
import { freshCondition, type ConditionForm } from './rule-form.js';
import { conditionWays } from './rule-text.js';
import styles from './gates.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

/** The conditions that metrics must meet. */
export function ConditionFields({
  value,
  metrics,
  onChange,
}: {
  readonly value: readonly ConditionForm[];
  /** The names of the metrics to choose from. */
  readonly metrics: readonly string[];
  readonly onChange: (value: readonly ConditionForm[]) => void;
}): ReactElement {
  const { list, focusAdded } = useFocusAdded();
  return (
    <fieldset className="field">
      <legend>Conditions</legend>
      <div className="stack gap-8" ref={list}>
        {value.map((condition, at) => (
          <Condition
            key={at}
            condition={condition}
            number={at + 1}
            metrics={metrics}
            onChange={(next) => onChange(value.with(at, next))}
            onRemove={value.length === 1 ? undefined : () => onChange(value.toSpliced(at, 1))}
          />
        ))}
        <div>
          <button
            type="button"
            className="button button-small"
            onClick={() => {
              focusAdded();
              onChange([...value, { ...freshCondition, metric: metrics[0] ?? '' }]);
            }}
          >
            <Plus size={14} aria-hidden /> Add condition
          </button>
        </div>
      </div>
    </fieldset>
  );
}

const helps: Readonly<Record<ConditionForm['of'], string>> = {
  mean: 'At least, where more is better; at most for time and money.',
  p95: 'The bad end: at most for time and money.',
  'pass-rate': 'At least this share of the rows passes.',
  'every-row': 'The value that each row must reach.',
  'not-worse': 'The interval of the difference must exclude a larger loss.',
};

function Condition({
  condition,
  number,
  metrics,
  onChange,
  onRemove,
}: {
  readonly condition: ConditionForm;
  readonly number: number;
  readonly metrics: readonly string[];
  readonly onChange: (condition: ConditionForm) => void;
  readonly onRemove: (() => void) | undefined;
}): ReactElement {
  const { of } = condition;
  const field = fieldsOf(condition, onChange);
  return (
    <div className={clsx('boxed-surface', styles['gate-condition'])} role="group" aria-label={`Condition ${number}`}>
      <div className="field-pair">
        <TextField title="Metric" {...field('metric')} isRequired suggestions={metrics} />
        <SelectField title="Of" {...field('of')} choices={conditionWays} />
        <NumberField title="Wanted" {...field('wanted')} isRequired help={helps[of]} />
        {of === 'pass-rate' ? <NumberField title="A row passes from" {...field('passes')} isRequired /> : null}
      </div>
      {onRemove === undefined ? null : <RemoveButton label={`Remove condition ${number}`} onClick={onRemove} />}
    </div>
  );
}

/** The names of the metrics that the evaluators produce, together with the metrics of every run. */
export function metricNames(evaluators: readonly EvaluatorSetup[], kinds: readonly EvaluatorKind[]): readonly string[] {
  const given = evaluators.flatMap(({ kind, name = kind }) =>
    (kinds.find((one) => one.kind === kind)?.metrics ?? []).map((metric) =>
      metric.name === kind ? name : `${name}${metric.name.slice(kind.length)}`,
    ),
  );
  return [...given, ...runMetrics.map(({ name }) => name)];
}
