import type { ReactElement } from 'react';
import { NumberField, SwitchField } from '../../ui/fields/FormFields.js';
import type { RuleFieldsProps } from './DatasetFields.js';
import { replayLimits } from './rule-form.js';

/** The fields of a rule that uses a replay: which runs are replayed, and how far their results may differ. */
export function ReplayFields({ form, onChange }: RuleFieldsProps): ReactElement {
  return (
    <>
      <div className="field-pair">
        <NumberField
          title="Latest runs"
          value={form.runs}
          min={1}
          max={1_000}
          step={1}
          isRequired
          onChange={(runs) => onChange({ runs })}
        />
        <NumberField
          title="From the last days"
          value={form.days}
          min={1}
          max={365}
          step={1}
          placeholder="Any time"
          onChange={(days) => onChange({ days })}
        />
        <NumberField
          title="Minimum number of runs"
          value={form.minRuns}
          min={1}
          max={1_000}
          step={1}
          isRequired
          help="Fewer prove nothing."
          onChange={(minRuns) => onChange({ minRuns })}
        />
      </div>
      <fieldset className="field">
        <legend>At most</legend>
        <p className="quiet">An empty field is no limit.</p>
        <div className="field-pair">
          {replayLimits.map(([limit, title]) => (
            <NumberField
              key={limit}
              title={title}
              value={form.limits[limit]}
              isRequired={limit === 'maxRegressions' || limit === 'maxNewDestinations'}
              onChange={(value) => onChange({ limits: { ...form.limits, [limit]: value } })}
            />
          ))}
        </div>
      </fieldset>
      <SwitchField
        title="Ask models"
        value={form.asksModels}
        help="Where a node changed. Without it, such a run ends there."
        onChange={(asksModels) => onChange({ asksModels })}
      />
      <NumberField
        title="Budget in $"
        value={form.budget}
        placeholder="No limit"
        onChange={(budget) => onChange({ budget })}
      />
    </>
  );
}
