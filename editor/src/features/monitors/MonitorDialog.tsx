import { MonitorRequest, type MonitorReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/fields/read-form.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { EvaluatorPicker } from '../evaluators/index.js';
import { freshMonitor, monitorForm, requestOf, type MonitorForm } from './monitor-form.js';

const labels: Readonly<Record<string, string>> = {
  name: 'The name must have 1 to 200 characters.',
  workflow: 'Choose a workflow.',
  share: 'The share must be more than 0 and at most 100 %.',
  'filter.version': 'The version must be a number, or draft.',
  evaluators: 'Add an evaluator, or watch drift.',
  runsPerDay: 'The runs per day must be from 1 to 100,000.',
  costPerDay: 'Enter the budget of judging per day: 0 or more.',
  embedder: 'Name the embedding model.',
  'relearn.budget': 'Enter the budget of learning the route.',
};

/** Creates or changes a monitor, and opens a new one. */
export function MonitorDialog({
  monitor,
  workflows,
  onClose,
}: {
  readonly monitor: MonitorReply | undefined;
  readonly workflows: readonly (readonly [string, string])[];
  readonly onClose: () => void;
}): ReactElement {
  const [form, setForm] = useState<MonitorForm>(monitor === undefined ? freshMonitor : monitorForm(monitor));
  const save = useAction();
  const change = (part: Partial<MonitorForm>): void => setForm((before) => ({ ...before, ...part }));
  const submit = async (): Promise<void> => {
    const body = readForm(MonitorRequest, requestOf(form), labels);
    if (monitor !== undefined) await client.PUT('/api/monitors/{id}', { params: { path: { id: monitor.id } }, body });
    const made = monitor === undefined ? await client.POST('/api/monitors', { body }) : undefined;
    onClose();
    if (made !== undefined) navigate(qualityPath('monitors', made.id));
  };
  return (
    <FormDialog
      title={monitor === undefined ? 'New monitor' : 'Edit monitor'}
      verb="Save monitor"
      action={save}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={form.name}
        isFirst
        placeholder="Answers in production"
        onChange={(name) => change({ name })}
      />
      {monitor === undefined ? (
        <SelectField
          title="Workflow"
          value={form.workflow}
          choices={[['', 'Choose a workflow'], ...workflows]}
          onChange={(workflow) => change({ workflow })}
        />
      ) : null}
      <fieldset className="field">
        <legend>Judged by</legend>
        <EvaluatorPicker value={form.evaluators} onChange={(evaluators) => change({ evaluators })} />
      </fieldset>
      <Sample form={form} onChange={change} />
      <SwitchField
        title="Watch drift"
        value={form.watchesDrift}
        onChange={(watchesDrift) => change({ watchesDrift })}
      />
      {form.watchesDrift ? (
        <TextField
          title="Embedding model"
          value={form.embedder}
          help="Compares the meaning of inputs. Without the model, lengths, retrieval, refusals and routes are compared."
          onChange={(embedder) => change({ embedder })}
        />
      ) : null}
      {form.watchesDrift ? <Relearning form={form} onChange={change} /> : null}
    </FormDialog>
  );
}

/** The route that is learned again when the runs drift. */
function Relearning({
  form,
  onChange,
}: {
  readonly form: MonitorForm;
  readonly onChange: (part: Partial<MonitorForm>) => void;
}): ReactElement {
  const experiments = useGet('/api/experiments', {}, (reply) => reply.experiments);
  const choices = (experiments.value ?? []).map(({ id, name }) => [id, name] as const);
  return (
    <>
      <SelectField
        title="On drift, learn the route of"
        value={form.relearnFrom}
        choices={[['', 'No route'], ...choices]}
        help="An experiment with a route training by judges. The requests that differ run with its variants, and judges compare the answers. You get a proposal; nothing is published."
        onChange={(relearnFrom) => onChange({ relearnFrom })}
      />
      {form.relearnFrom === '' ? null : (
        <NumberField
          title="Budget in $"
          value={form.relearnBudget}
          onChange={(relearnBudget) => onChange({ relearnBudget })}
        />
      )}
    </>
  );
}

/** The fields for the runs that are judged, and the budget. */
function Sample({
  form,
  onChange,
}: {
  readonly form: MonitorForm;
  readonly onChange: (part: Partial<MonitorForm>) => void;
}): ReactElement {
  return (
    <>
      <div className="field-pair">
        <NumberField
          title="Share of runs, %"
          value={form.percent}
          max={100}
          onChange={(percent) => onChange({ percent })}
        />
        <NumberField
          title="Runs a day"
          value={form.runsPerDay}
          step={1}
          onChange={(runsPerDay) => onChange({ runsPerDay })}
        />
        <NumberField title="$ a day" value={form.costPerDay} onChange={(costPerDay) => onChange({ costPerDay })} />
      </div>
      <div className="field-pair">
        <TextField
          title="Only version"
          value={form.version}
          placeholder="all"
          onChange={(version) => onChange({ version })}
        />
        <TextField
          title="Only channel"
          value={form.channel}
          placeholder="all"
          suggestions={['published', 'share', 'webhook', 'schedule', 'api']}
          onChange={(channel) => onChange({ channel })}
        />
      </div>
      <SwitchField
        title="Failed runs too"
        value={form.withFailed}
        onChange={(withFailed) => onChange({ withFailed })}
      />
    </>
  );
}
