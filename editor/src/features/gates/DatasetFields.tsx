import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import type { Form } from '../../ui/forms/use-form.js';
import { EvaluatorPicker } from '../evaluators/index.js';
import { ConditionFields, metricNames } from './ConditionFields.js';
import type { RuleForm } from './rule-form.js';

export interface RuleFieldsProps {
  readonly form: Form<RuleForm>;
}

/** The fields of a rule that uses a dataset: the rows, the evaluators, and the conditions. */
export function DatasetFields({ form }: RuleFieldsProps): ReactElement {
  const datasets = useGet('/api/datasets', {}, ({ datasets }) => datasets);
  const kinds = useGet('/api/evaluators', {}, ({ kinds }) => kinds);
  const known = (datasets.value ?? []).map(({ id, name }) => [id, name] as const);
  const { dataset, evaluators } = form.values;
  const isGone = datasets.value !== undefined && dataset !== '' && !known.some(([id]) => id === dataset);
  return (
    <>
      <SelectField
        title="Dataset"
        {...form.field('dataset')}
        isRequired
        error={isGone ? 'This dataset was deleted: choose another one.' : undefined}
        choices={[
          ['', 'Choose a dataset'],
          ...known,
          ...(dataset === '' || known.some(([id]) => id === dataset)
            ? []
            : [[dataset, datasets.value === undefined ? 'Loading…' : `${dataset} (gone)`] as const]),
        ]}
      />
      <div className="field-pair">
        <TextField title="Split" {...form.field('split')} placeholder="Every split" maxLength={100} />
        <TextField title="Tag" {...form.field('tag')} placeholder="Every tag" maxLength={100} />
      </div>
      <fieldset className="field">
        <legend>Judged by</legend>
        <EvaluatorPicker {...form.field('evaluators')} />
      </fieldset>
      <ConditionFields {...form.field('conditions')} metrics={metricNames(evaluators, kinds.value ?? [])} />
      <div className="field-pair">
        <NumberField
          title="Repeats"
          {...form.field('repeats')}
          min={1}
          max={20}
          step={1}
          isRequired
          help="For models whose answers vary."
        />
        <NumberField
          title="Budget in $"
          {...form.field('budget')}
          placeholder="No limit"
          help="The experiment pauses when it has cost this much."
        />
      </div>
    </>
  );
}
