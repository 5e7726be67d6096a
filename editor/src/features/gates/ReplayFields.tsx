import type { ReactElement } from 'react';
import { NumberField, SwitchField } from '../../ui/fields/FormFields.js';
import { fieldsOf } from '../../ui/forms/use-form.js';
import type { RuleFieldsProps } from './DatasetFields.js';
import { replayLimits } from './rule-form.js';

/** The fields of a rule that uses a replay: which runs are replayed, and how far their results may differ. */
export function ReplayFields({ form }: RuleFieldsProps): ReactElement {
  const limit = fieldsOf(form.values.limits, (limits) => form.change({ limits }));
  return (
    <>
      <div className="field-pair">
        <NumberField title="Latest runs" {...form.field('runs')} min={1} max={1_000} step={1} isRequired />
        <NumberField
          title="From the last days"
          {...form.field('days')}
          min={1}
          max={365}
          step={1}
          placeholder="Any time"
        />
        <NumberField
          title="Minimum number of runs"
          {...form.field('minRuns')}
          min={1}
          max={1_000}
          step={1}
          isRequired
          help="Fewer prove nothing."
        />
      </div>
      <fieldset className="field">
        <legend>At most</legend>
        <p className="quiet">An empty field is no limit.</p>
        <div className="field-pair">
          {replayLimits.map(([name, title]) => (
            <NumberField
              key={name}
              title={title}
              {...limit(name)}
              isRequired={name === 'maxRegressions' || name === 'maxNewDestinations'}
            />
          ))}
        </div>
      </fieldset>
      <SwitchField
        title="Ask models"
        {...form.field('asksModels')}
        help="Where a node changed. Without it, such a run ends there."
      />
      <NumberField title="Budget in $" {...form.field('budget')} placeholder="No limit" />
    </>
  );
}
