import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { EvaluatorPicker } from '../evaluators/index.js';
import { ConditionFields, metricNames } from './ConditionFields.js';
import type { RuleForm } from './rule-form.js';

export interface RuleFieldsProps {
  readonly form: RuleForm;
  readonly onChange: (part: Partial<RuleForm>) => void;
}

/** The fields of a rule that uses a dataset: the rows, the evaluators, and the conditions. */
export function DatasetFields({ form, onChange }: RuleFieldsProps): ReactElement {
  const datasets = useGet('/api/datasets', {}, ({ datasets }) => datasets);
  const kinds = useGet('/api/evaluators', {}, ({ kinds }) => kinds);
  const known = (datasets.value ?? []).map(({ id, name }) => [id, name] as const);
  const isGone = datasets.value !== undefined && form.dataset !== '' && !known.some(([id]) => id === form.dataset);
  return (
    <>
      <SelectField
        title="Dataset"
        value={form.dataset}
        isRequired
        error={isGone ? 'This dataset was deleted: choose another one.' : undefined}
        choices={[
          ['', 'Choose a dataset'],
          ...known,
          ...(form.dataset === '' || known.some(([id]) => id === form.dataset)
            ? []
            : [[form.dataset, datasets.value === undefined ? 'Loading…' : `${form.dataset} (gone)`] as const]),
        ]}
        onChange={(dataset) => onChange({ dataset })}
      />
      <div className="field-pair">
        <TextField
          title="Split"
          value={form.split}
          placeholder="Every split"
          maxLength={100}
          onChange={(split) => onChange({ split })}
        />
        <TextField
          title="Tag"
          value={form.tag}
          placeholder="Every tag"
          maxLength={100}
          onChange={(tag) => onChange({ tag })}
        />
      </div>
      <fieldset className="field">
        <legend>Judged by</legend>
        <EvaluatorPicker value={form.evaluators} onChange={(evaluators) => onChange({ evaluators })} />
      </fieldset>
      <ConditionFields
        value={form.conditions}
        metrics={metricNames(form.evaluators, kinds.value ?? [])}
        onChange={(conditions) => onChange({ conditions })}
      />
      <div className="field-pair">
        <NumberField
          title="Repeats"
          value={form.repeats}
          min={1}
          max={20}
          step={1}
          isRequired
          help="For models whose answers vary."
          onChange={(repeats) => onChange({ repeats })}
        />
        <NumberField
          title="Budget in $"
          value={form.budget}
          placeholder="No limit"
          help="The experiment pauses when it has cost this much."
          onChange={(budget) => onChange({ budget })}
        />
      </div>
    </>
  );
}
