import { MonitorRequest, type MonitorReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useForm, type Form } from '../../ui/forms/use-form.js';
import { readForm } from '../../ui/forms/read-form.js';
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
  const form = useForm<MonitorForm>(monitor === undefined ? freshMonitor : monitorForm(monitor));
  const submit = async (): Promise<void> => {
    const body = readForm(MonitorRequest, requestOf(form.values), labels);
    if (monitor !== undefined) await client.PUT('/api/monitors/{id}', { params: { path: { id: monitor.id } }, body });
    const made = monitor === undefined ? await client.POST('/api/monitors', { body }) : undefined;
    onClose();
    if (made !== undefined) navigate(qualityPath('monitors', made.id));
  };
  return (
    <FormDialog
      title={monitor === undefined ? 'New monitor' : 'Edit monitor'}
      verb="Save monitor"
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" {...form.field('name')} isFirst placeholder="Answers in production" />
      {monitor === undefined ? (
        <SelectField title="Workflow" {...form.field('workflow')} choices={[['', 'Choose a workflow'], ...workflows]} />
      ) : null}
      <fieldset className="field">
        <legend>Judged by</legend>
        <EvaluatorPicker {...form.field('evaluators')} />
      </fieldset>
      <Sample form={form} />
      <SwitchField title="Watch drift" {...form.field('watchesDrift')} />
      {form.values.watchesDrift ? (
        <TextField
          title="Embedding model"
          {...form.field('embedder')}
          help="Compares the meaning of inputs. Without the model, lengths, retrieval, refusals and routes are compared."
        />
      ) : null}
      {form.values.watchesDrift ? <Relearning form={form} /> : null}
    </FormDialog>
  );
}

/** The route that is learned again when the runs drift. */
function Relearning({ form }: { readonly form: Form<MonitorForm> }): ReactElement {
  const experiments = useGet('/api/experiments', {}, (reply) => reply.experiments);
  const choices = (experiments.value ?? []).map(({ id, name }) => [id, name] as const);
  return (
    <>
      <SelectField
        title="On drift, learn the route of"
        {...form.field('relearnFrom')}
        choices={[['', 'No route'], ...choices]}
        help="An experiment with a route training by judges. The requests that differ run with its variants, and judges compare the answers. You get a proposal; nothing is published."
      />
      {form.values.relearnFrom === '' ? null : <NumberField title="Budget in $" {...form.field('relearnBudget')} />}
    </>
  );
}

/** The fields for the runs that are judged, and the budget. */
function Sample({ form }: { readonly form: Form<MonitorForm> }): ReactElement {
  return (
    <>
      <div className="field-pair">
        <NumberField title="Share of runs, %" {...form.field('percent')} max={100} />
        <NumberField title="Runs a day" {...form.field('runsPerDay')} step={1} />
        <NumberField title="$ a day" {...form.field('costPerDay')} />
      </div>
      <div className="field-pair">
        <TextField title="Only version" {...form.field('version')} placeholder="all" />
        <TextField
          title="Only channel"
          {...form.field('channel')}
          placeholder="all"
          suggestions={['published', 'share', 'webhook', 'schedule', 'api']}
        />
      </div>
      <SwitchField title="Failed runs too" {...form.field('withFailed')} />
    </>
  );
}
