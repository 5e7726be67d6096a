import { RouteTrainingRequest, type ExperimentReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { ComboboxField } from '../../../ui/fields/ComboboxField.js';
import { LinesField, NumberField, SelectField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
import { useCandidateModels } from '../../policies/index.js';

const judged = 'judges';
const usualLoss = 2;
const modelTexts = { placeholder: 'Choose a model', empty: 'No model has this name.' };

interface Values {
  readonly cheap: string;
  readonly strong: string;
  /** The form asks for it only if the variant does not set exactly one model. */
  readonly cheapModel: string;
  readonly strongModel: string;
  /** The name of a metric, or `judges`. */
  readonly by: string;
  readonly judge: string;
  readonly criteria: string;
  readonly maxLoss: number | undefined;
  readonly budget: number | undefined;
}

const isScore = ({ unit }: { readonly unit: string }): boolean => unit === 'score' || unit === 'check';

/** The form that starts a route training: its two variants, how answers are measured, and how much quality may be lost. */
export function NewRouteTraining({
  experiment: { id, variants, metrics },
  onClose,
  onBegun,
}: {
  readonly experiment: ExperimentReply;
  readonly onClose: () => void;
  readonly onBegun: () => void;
}): ReactElement {
  const scores = metrics.filter(isScore);
  const form = useForm<Values>({
    cheap: variants[1]?.id ?? '',
    strong: variants[0]?.id ?? '',
    by: scores[0]?.name ?? judged,
    cheapModel: '',
    strongModel: '',
    judge: '',
    criteria: '',
    maxLoss: usualLoss,
    budget: undefined,
  });
  const { values } = form;
  const models = useCandidateModels();
  const choices = variants.map((variant) => [variant.id, variant.name] as const);
  const isJudged = values.by === judged;
  const hasModels = [values.cheap, values.strong].every((of) =>
    setsModel(variants.find((variant) => variant.id === of)),
  );
  const isUnnamed = !hasModels && (values.cheapModel.trim() === '' || values.strongModel.trim() === '');
  const submit = async (): Promise<void> => {
    await client.POST('/api/experiments/{id}/route-trainings', {
      params: { path: { id } },
      body: requestOf(values, hasModels),
    });
    onBegun();
  };
  return (
    <FormDialog
      title="Learn a route"
      verb="Learn"
      isDisabled={values.cheap === values.strong || isUnnamed || (isJudged && values.judge.trim() === '')}
      onSubmit={submit}
      onClose={onClose}
    >
      <SelectField
        title="Cheap variant"
        {...form.field('cheap')}
        choices={choices}
        help="Answers the requests for which it is good enough, such as a local model."
      />
      <SelectField
        title="Strong variant"
        {...form.field('strong')}
        choices={choices}
        error={values.cheap === values.strong ? 'Choose another variant.' : undefined}
      />
      {hasModels ? null : (
        <>
          <ComboboxField
            title="Model of the cheap variant"
            {...form.field('cheapModel')}
            {...modelTexts}
            items={models}
          />
          <ComboboxField
            title="Model of the strong variant"
            {...form.field('strongModel')}
            {...modelTexts}
            items={models}
          />
        </>
      )}
      <SelectField
        title="Better by"
        {...form.field('by')}
        choices={[
          ...scores.map(({ name, title }) => [name, title] as const),
          [judged, 'A judge that compares both answers'] as const,
        ]}
      />
      {isJudged ? (
        <>
          <ComboboxField
            title="Judge"
            {...form.field('judge')}
            help="It compares each pair twice, in both orders."
            {...modelTexts}
            items={models}
          />
          <LinesField
            title="What to judge"
            {...form.field('criteria')}
            placeholder="Which answer is more correct, more complete and more helpful?"
          />
          <NumberField title="Budget of the judge, in $" {...form.field('budget')} />
        </>
      ) : null}
      <NumberField
        title="Maximum loss, in points"
        {...form.field('maxLoss')}
        help="The average over all requests: 2 points are 2 more wrong answers per 100."
      />
    </FormDialog>
  );
}

function setsModel(variant: ExperimentReply['variants'][number] | undefined): boolean {
  const models = Object.entries(variant?.settings ?? {}).flatMap(([path, value]) =>
    path.endsWith('.model') ? [value] : [],
  );
  return models.length > 0 && new Set(models).size === 1;
}

function requestOf(
  { cheap, strong, cheapModel, strongModel, by, judge, criteria, maxLoss, budget }: Values,
  hasModels: boolean,
): RouteTrainingRequest {
  const text = criteria.trim();
  // Fields that the form does not show take the defaults of the API.
  return RouteTrainingRequest.parse({
    cheap,
    strong,
    maxLoss: maxLoss ?? usualLoss,
    by:
      by === judged
        ? { kind: 'judges', models: [judge.trim()], ...(text === '' ? {} : { criteria: text }) }
        : { kind: 'metric', metric: by },
    ...(budget === undefined || by !== judged ? {} : { budget }),
    ...(hasModels ? {} : { models: { cheap: cheapModel.trim(), strong: strongModel.trim() } }),
  });
}
