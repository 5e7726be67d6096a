import { AlertRule, type AlertChannelReply, type AlertReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { CheckList } from '../../ui/fields/CheckList.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useForm, type Form } from '../../ui/forms/use-form.js';
import { readForm } from '../../ui/forms/read-form.js';
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
  const form = useForm<AlertForm>(alert === undefined ? freshForm : formOf(alert));
  const submit = async (): Promise<void> => {
    const body = readForm(AlertRule, ruleOf({ ...form.values, name: form.values.name.trim() }, alert), labels);
    if (alert === undefined) await client.POST('/api/alerts', { body });
    else await client.PUT('/api/alerts/{id}', { params: { path: { id: alert.id } }, body });
    onSaved();
    onClose();
  };
  return (
    <FormDialog
      title={alert === undefined ? 'New alert' : 'Edit alert'}
      verb="Save alert"
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" {...form.field('name')} isFirst placeholder="Too many failures" />
      <div className="field-pair">
        <SelectField
          title="Kind"
          {...form.field('kind')}
          choices={[
            ['threshold', 'Threshold'],
            ['burn-rate', 'Burn rate of an allowance'],
          ]}
        />
        <SelectField
          title="Severity"
          {...form.field('severity')}
          choices={[
            ['info', 'Info'],
            ['warning', 'Warning'],
            ['critical', 'Critical'],
          ]}
        />
      </div>
      {form.values.kind === 'threshold' ? <ThresholdFields form={form} /> : <BurnFields form={form} />}
      <SelectField
        title="Workflow"
        {...form.field('workflow')}
        choices={[['', 'All workflows of the project'], ...workflows]}
      />
      <fieldset className="field">
        <legend>Sent to</legend>
        {channels.length === 0 ? (
          <p className="quiet">No channels yet. The alert is shown only here.</p>
        ) : (
          <CheckList
            {...form.field('channels')}
            choices={channels.map(({ id, name, destination }) => [id, `${name}: ${destination}`] as const)}
          />
        )}
      </fieldset>
      <div className="field-pair">
        <NumberField title="Must hold for, minutes" {...form.field('forMinutes')} step={1} />
        <NumberField
          title="Notify again after, hours"
          {...form.field('repeatHours')}
          step={1}
          help="0 notifies once."
        />
      </div>
      <SwitchField title="Enabled" {...form.field('isEnabled')} />
    </FormDialog>
  );
}

interface PartProps {
  readonly form: Form<AlertForm>;
}

function ThresholdFields({ form }: PartProps): ReactElement {
  const { values } = form;
  const unit = watched.find(({ id }) => id === values.metric)?.unit ?? '';
  const units = { '': '', '%': ', %', s: ', seconds', money: `, ${values.currency}` };
  return (
    <>
      <div className="field-pair">
        <SelectField
          title="Figure"
          {...form.field('metric')}
          choices={watched.map(({ id, title }) => [id, title] as const)}
        />
        <SelectField
          title="Is"
          {...form.field('is')}
          choices={[
            ['above', 'Above'],
            ['below', 'Below'],
          ]}
        />
      </div>
      {isScore(values.metric) ? (
        <TextField title="Metric of the monitor" {...form.field('score')} placeholder="groundedness" />
      ) : null}
      <div className="field-pair">
        <NumberField title={`Value${units[unit]}`} {...form.field('value')} />
        <NumberField title="Window, minutes" {...form.field('windowMinutes')} step={1} />
        {unit === 'money' ? (
          <TextField
            title="Currency"
            value={form.values.currency}
            onChange={(text) => form.change({ currency: text.toUpperCase() })}
          />
        ) : null}
      </div>
    </>
  );
}

function BurnFields({ form }: PartProps): ReactElement {
  const { burnMetric, currency } = form.values;
  const isAmount = burnMetric === 'cost' || burnMetric === 'tokens';
  return (
    <>
      <SelectField
        title="Allowance of"
        value={burnMetric}
        choices={burning}
        help="Fires when it is used up too fast: at 14.4 times the allowed rate over both 1 hour and 5 minutes, at 6 times over both 6 hours and 30 minutes, or at the allowed rate over both 3 days and 6 hours."
        onChange={(metric) => form.change({ burnMetric: metric })}
      />
      <div className="field-pair">
        <NumberField
          title={isAmount ? `Allowed in 30 days${burnMetric === 'cost' ? `, ${currency}` : ''}` : 'Allowed, %'}
          {...form.field('allowed')}
        />
        {burnMetric.startsWith('slow-') ? (
          <NumberField title="Slow from, seconds" {...form.field('slowSeconds')} />
        ) : null}
        {burnMetric === 'cost' ? (
          <TextField
            title="Currency"
            value={form.values.currency}
            onChange={(text) => form.change({ currency: text.toUpperCase() })}
          />
        ) : null}
      </div>
    </>
  );
}
