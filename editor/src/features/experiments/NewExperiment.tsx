import { ExperimentRequest, type EvaluatorSetup, type ExperimentPreview, type ProviderBatch } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useForm } from '../../ui/forms/use-form.js';
import { formatCost } from '../../ui/format/format-cost.js';
import { providerBatchChoices, providerBatchHelp } from '../../ui/format/provider-batch-choices.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { Notice } from '../../ui/states/Notice.js';
import { EvaluatorPicker } from '../evaluators/index.js';
import { readSettings, SettingsProblem } from './variant-settings.js';

interface Values {
  readonly name: string;
  readonly dataset: string;
  readonly workflow: string;
  readonly first: string;
  readonly second: string;
  readonly settings: string;
  readonly evaluators: readonly EvaluatorSetup[];
  readonly repeats: number | undefined;
  readonly cacheModelCalls: boolean;
  readonly providerBatch: ProviderBatch;
  readonly withUnreviewed: boolean;
  readonly budget: number | undefined;
}

const start: Values = {
  name: 'Is it better?',
  dataset: '',
  workflow: '',
  first: 'live',
  second: 'draft',
  settings: '',
  evaluators: [{ kind: 'exact', config: {} }],
  repeats: 1,
  cacheModelCalls: false,
  withUnreviewed: false,
  providerBatch: 'off',
  budget: undefined,
};
const versions = [
  ['live', 'The published version'],
  ['draft', 'The draft'],
] as const;

/** The form of a new experiment, with an estimate of its runs and cost. */
export function NewExperiment({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [preview, setPreview] = useState<ExperimentPreview>();
  const form = useForm(start, { onChange: () => setPreview(undefined) });
  const { values } = form;
  const previewing = useAction();
  const datasets = useGet('/api/datasets', {}, ({ datasets }) => datasets);
  const workflows = useGet('/api/workflows', {}, ({ workflows }) => workflows);
  const submit = async (): Promise<void> => {
    const { id } = await client.POST('/api/experiments', { body: requestOf(values) });
    onClose();
    navigate(qualityPath('experiments', id));
  };
  const showPreview = async (): Promise<void> => {
    setPreview(await client.POST('/api/experiments/preview', { body: requestOf(values) }));
  };
  const choose = (items: readonly { readonly id: string; readonly name: string }[] | undefined, none: string) =>
    [['', none], ...(items ?? []).map(({ id, name }) => [id, name] as const)] as const;
  return (
    <FormDialog
      title="New experiment"
      verb="Begin"
      isDisabled={
        values.dataset === '' || values.workflow === '' || values.name.trim() === '' || values.evaluators.length === 0
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" {...form.field('name')} isFirst isRequired maxLength={200} />
      <SelectField
        title="Dataset"
        {...form.field('dataset')}
        isRequired
        choices={choose(datasets.value, 'Choose a dataset')}
      />
      <SelectField
        title="Workflow"
        {...form.field('workflow')}
        isRequired
        choices={choose(workflows.value, 'Choose a workflow')}
      />
      <SelectField title="Baseline" {...form.field('first')} choices={versions} />
      <SelectField title="Compared with" {...form.field('second')} choices={versions} />
      <LinesField
        title="Changed settings"
        {...form.field('settings')}
        help="One per line, such as answer.model = qwen3-0.6b. Each of several values separated by | gives a variant."
      />
      <fieldset className="field">
        <legend>Judged by</legend>
        <EvaluatorPicker {...form.field('evaluators')} />
      </fieldset>
      <NumberField
        title="Repeats"
        {...form.field('repeats')}
        min={1}
        max={20}
        step={1}
        help="For models whose answers vary."
      />
      <SwitchField
        title="Cache model calls"
        {...form.field('cacheModelCalls')}
        help="A call with equal inputs is made once, also across experiments of the project. Repeats then have equal answers: leave it off to see how much answers vary."
      />
      <SelectField
        title="Model calls"
        {...form.field('providerBatch')}
        choices={providerBatchChoices}
        help={providerBatchHelp}
      />
      <SwitchField
        title="Rows that nobody reviewed"
        {...form.field('withUnreviewed')}
        help="Rows that a model wrote are left out until a person accepts them: their expected answers may be wrong."
      />
      <NumberField
        title="Budget in $"
        {...form.field('budget')}
        help="The experiment pauses when runs and judges have cost this much."
      />
      <div>
        <button
          type="button"
          className="button"
          disabled={previewing.isBusy || values.dataset === '' || values.workflow === ''}
          onClick={() => previewing.run(showPreview)}
        >
          Preview
        </button>
      </div>
      {previewing.error === undefined ? null : <Notice error={previewing.error} />}
      {preview === undefined ? null : <PreviewText preview={preview} />}
    </FormDialog>
  );
}

function PreviewText({
  preview: { rows, runs, variants, estimate },
}: {
  readonly preview: ExperimentPreview;
}): ReactElement {
  return (
    <p role="status" className="quiet">
      {runs} runs: {rows} rows × {variants.map(({ name }) => name).join(', ')}.{' '}
      {estimate === undefined
        ? 'The cost cannot be estimated before the first run.'
        : `About ${formatCost(estimate.cost)} without judges.`}
    </p>
  );
}

/**
 * The request for an experiment with two variants: the baseline, and the other version with the changed settings. Throws a
 * `SettingsProblem` if the settings are invalid or both variants are the same.
 */
function requestOf({
  name,
  dataset,
  workflow,
  first,
  second,
  settings,
  evaluators,
  repeats,
  cacheModelCalls,
  providerBatch,
  withUnreviewed,
  budget,
}: Values): ExperimentRequest {
  const { set, grid } = readSettings(settings);
  if (first === second && Object.keys(set).length + Object.keys(grid).length === 0)
    throw new SettingsProblem('Both variants are the same: compare with the other version, or change a setting.');
  return ExperimentRequest.parse({
    name,
    dataset,
    budget,
    repeats: repeats ?? 1,
    cacheModelCalls,
    withUnreviewed,
    evaluators: [...evaluators],
    ...(providerBatch === 'off' ? {} : { providerBatch }),
    variants: [
      { workflow, version: first },
      { workflow, version: second, set, grid },
    ],
  });
}
