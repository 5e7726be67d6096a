import { AlertRule, type AlertChannelReply, type AlertReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { CheckList } from '../../ui/fields/CheckList.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/fields/read-form.js';
import { burning, formOf, isScore, freshForm, ruleOf, watched, type AlertForm } from './alert-form.js';

const labels: Readonly<Record<string, string>> = {
  name: 'The name must have 1 to 200 characters.',
  'condition.value': 'Write the value.',
  'condition.score': 'Write the metric of the monitor, such as judge.',
  'condition.allowed': 'Write what is allowed: more than 0.',
  'condition.windowMinutes': 'The window must be 1 to 43,200 whole minutes.',
  forMinutes: 'The alert must wait 0 to 1,440 whole minutes.',
  repeatHours: 'The repetition must be 0 to 720 whole hours.',
};

/** A dialog to create or change an alert. */
export function AlertDialog({
  alert,
  channels,
  workflows,
  onClose,
  onSaved,
}: {
  readonly alert: AlertReply | undefined;
  readonly channels: readonly AlertChannelReply[];
  readonly workflows: readonly (readonly [string, string])[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}): ReactElement {
  const [form, setForm] = useState<AlertForm>(alert === undefined ? freshForm : formOf(alert));
  const save = useAction();
  const change = (part: Partial<AlertForm>): void => setForm((before) => ({ ...before, ...part }));
  const submit = async (): Promise<void> => {
    const body = readForm(AlertRule, ruleOf({ ...form, name: form.name.trim() }, alert), labels);
    if (alert === undefined) await client.POST('/api/alerts', { body });
    else await client.PUT('/api/alerts/{id}', { params: { path: { id: alert.id } }, body });
    onSaved();
    onClose();
  };
  return (
    <FormDialog
      title={alert === undefined ? 'New alert' : 'Edit alert'}
      verb="Save alert"
      action={save}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={form.name}
        isFirst
        placeholder="Too many failures"
        onChange={(name) => change({ name })}
      />
      <div className="field-pair">
        <SelectField
          title="Kind"
          value={form.kind}
          choices={[
            ['threshold', 'Threshold'],
            ['burn-rate', 'Burn rate of an allowance'],
          ]}
          onChange={(kind) => change({ kind })}
        />
        <SelectField
          title="Severity"
          value={form.severity}
          choices={[
            ['info', 'Info'],
            ['warning', 'Warning'],
            ['critical', 'Critical'],
          ]}
          onChange={(severity) => change({ severity })}
        />
      </div>
      {form.kind === 'threshold' ? (
        <ThresholdFields form={form} onChange={change} />
      ) : (
        <BurnFields form={form} onChange={change} />
      )}
      <SelectField
        title="Workflow"
        value={form.workflow}
        choices={[['', 'All workflows of the project'], ...workflows]}
        onChange={(workflow) => change({ workflow })}
      />
      <fieldset className="field">
        <legend>Sent to</legend>
        {channels.length === 0 ? (
          <p className="quiet">No channels yet. The alert is shown only here.</p>
        ) : (
          <CheckList
            value={form.channels}
            choices={channels.map(({ id, name, destination }) => [id, `${name}: ${destination}`] as const)}
            onChange={(chosen) => change({ channels: chosen })}
          />
        )}
      </fieldset>
      <div className="field-pair">
        <NumberField
          title="Must hold for, minutes"
          value={form.forMinutes}
          step={1}
          onChange={(forMinutes) => change({ forMinutes })}
        />
        <NumberField
          title="Notify again after, hours"
          value={form.repeatHours}
          step={1}
          help="0 notifies once."
          onChange={(repeatHours) => change({ repeatHours })}
        />
      </div>
      <SwitchField title="Enabled" value={form.isEnabled} onChange={(isEnabled) => change({ isEnabled })} />
    </FormDialog>
  );
}

interface PartProps {
  readonly form: AlertForm;
  readonly onChange: (part: Partial<AlertForm>) => void;
}

function ThresholdFields({ form, onChange }: PartProps): ReactElement {
  const unit = watched.find(({ id }) => id === form.metric)?.unit ?? '';
  const units = { '': '', '%': ', %', s: ', seconds', money: `, ${form.currency}` };
  return (
    <>
      <div className="field-pair">
        <SelectField
          title="Figure"
          value={form.metric}
          choices={watched.map(({ id, title }) => [id, title] as const)}
          onChange={(metric) => onChange({ metric })}
        />
        <SelectField
          title="Is"
          value={form.is}
          choices={[
            ['above', 'Above'],
            ['below', 'Below'],
          ]}
          onChange={(is) => onChange({ is })}
        />
      </div>
      {isScore(form.metric) ? (
        <TextField
          title="Metric of the monitor"
          value={form.score}
          placeholder="groundedness"
          onChange={(score) => onChange({ score })}
        />
      ) : null}
      <div className="field-pair">
        <NumberField title={`Value${units[unit]}`} value={form.value} onChange={(value) => onChange({ value })} />
        <NumberField
          title="Window, minutes"
          value={form.windowMinutes}
          step={1}
          onChange={(windowMinutes) => onChange({ windowMinutes })}
        />
        {unit === 'money' ? (
          <TextField
            title="Currency"
            value={form.currency}
            onChange={(text) => onChange({ currency: text.toUpperCase() })}
          />
        ) : null}
      </div>
    </>
  );
}

function BurnFields({ form, onChange }: PartProps): ReactElement {
  const { burnMetric } = form;
  const isAmount = burnMetric === 'cost' || burnMetric === 'tokens';
  return (
    <>
      <SelectField
        title="Allowance of"
        value={burnMetric}
        choices={burning}
        help="Fires when it is used up too fast: at 14.4 times the allowed rate over both 1 hour and 5 minutes, at 6 times over both 6 hours and 30 minutes, or at the allowed rate over both 3 days and 6 hours."
        onChange={(metric) => onChange({ burnMetric: metric })}
      />
      <div className="field-pair">
        <NumberField
          title={isAmount ? `Allowed in 30 days${burnMetric === 'cost' ? `, ${form.currency}` : ''}` : 'Allowed, %'}
          value={form.allowed}
          onChange={(allowed) => onChange({ allowed })}
        />
        {burnMetric.startsWith('slow-') ? (
          <NumberField
            title="Slow from, seconds"
            value={form.slowSeconds}
            onChange={(slowSeconds) => onChange({ slowSeconds })}
          />
        ) : null}
        {burnMetric === 'cost' ? (
          <TextField
            title="Currency"
            value={form.currency}
            onChange={(text) => onChange({ currency: text.toUpperCase() })}
          />
        ) : null}
      </div>
    </>
  );
}
