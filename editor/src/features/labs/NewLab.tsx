import {
  LabMetric,
  LabRewriteKind,
  noLabHeader,
  noLabReranker,
  type CollectionReply,
  type SearchSettings,
} from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { countOf } from '../../ui/format/count-of.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { CheckField } from '../../ui/fields/CheckField.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useForm, type Form } from '../../ui/forms/use-form.js';
import { navigate } from '../../ui/navigation/route.js';
import { describeSplitter, splitterChoices, useEmbedders } from '../collections/index.js';
import { useModelItems } from '../models/index.js';
import { emptyForm, requestOf, sizeOf, type LabForm } from './grid-form.js';
import { metricTitles, modeChoices, returnsChoices, rewriteNames } from './lab-text.js';
import { labPath } from './labs-path.js';
import styles from './labs.module.css';

const contexts = [
  ['with', 'With title and headings'],
  ['without', 'Text only'],
] as const;

interface PartProps {
  readonly form: Form<LabForm>;
}

/** The form of a new lab: its questions and the values to try, with the amount of work. */
export function NewLab({
  dataset,
  collection,
  onClose,
}: {
  readonly dataset: string;
  readonly collection: string;
  readonly onClose: () => void;
}): ReactElement {
  const form = useForm<LabForm>({ ...emptyForm, dataset, collection });
  const datasets = useGet('/api/datasets', {}, (reply) => reply.datasets);
  const collections = useGet('/api/collections', {}, (reply) => reply.collections);
  const info = collections.value?.find(({ name }) => name === form.values.collection);
  const now = useSearchNow(info?.name);
  const size = info === undefined ? undefined : sizeOf(form.values, info, now?.settings, now?.hasGraph);
  return (
    <FormDialog
      title="New lab"
      verb="Begin"
      isWide
      hasOwnChecks
      isDisabled={form.values.dataset === '' || size === undefined || 'problem' in size}
      onSubmit={async () => {
        const params = { path: { id: form.values.dataset } };
        const { id } = await client.POST('/api/datasets/{id}/labs', { params, body: requestOf(form.values) });
        onClose();
        navigate(labPath(form.values.dataset, id));
      }}
      onClose={onClose}
    >
      <div className={styles['lab-fields']}>
        <SelectField
          title="Collection"
          {...form.field('collection')}
          choices={[
            ['', collections.value?.length === 0 ? 'No collection yet' : 'Choose a collection'],
            ...(collections.value ?? []).map(({ name, title }) => [name, title] as const),
          ]}
          help={info === undefined ? undefined : describeNow(info)}
        />
        <SelectField
          title="Questions"
          {...form.field('dataset')}
          choices={[
            ['', datasets.value?.length === 0 ? 'No dataset yet' : 'Choose a dataset'],
            ...(datasets.value ?? []).map(({ id, name }) => [id, name] as const),
          ]}
          help="Rows with a question, and with the documents that hold the answer as references."
        />
      </div>
      <p role="status" data-part="lab-size">
        {size === undefined ? 'Choose a collection to see the amount of work.' : sizeText(size)}
      </p>
      <IndexFields form={form} />
      <SearchFields form={form} hasGraph={now?.hasGraph === true} />
      <MeasureFields form={form} />
    </FormDialog>
  );
}

const describeNow = ({ embedding, splitter }: CollectionReply): string =>
  `Now: ${embedding}, ${describeSplitter(splitter)}.`;

function sizeText(size: NonNullable<ReturnType<typeof sizeOf>>): string {
  if ('problem' in size) return size.problem;
  const { configurations, indexes } = size;
  const built =
    indexes === 0
      ? 'no new index is built'
      : `${indexes === 1 ? '1 new index is built and' : `${indexes} new indexes are built, and`} removed afterwards`;
  return `${countOf(configurations, 'configuration')}; ${built}. The collection keeps serving.`;
}

/** The fields for the index. An empty field keeps the setting of the collection. */
function IndexFields({ form }: PartProps): ReactElement {
  const embedders = useEmbedders() ?? [];
  return (
    <fieldset className={styles['lab-part']}>
      <legend>Index</legend>
      <p className="quiet">Each value is tried with each other. An empty field keeps the setting of the collection.</p>
      <div className={styles['lab-fields']}>
        <CheckField
          title="Embedding models"
          empty="No embedding model is on this machine."
          {...form.field('embedding')}
          choices={embedders.map(({ id, title }) => [id, title] as const)}
        />
        <CheckField title="Splitting" {...form.field('kind')} choices={splitterChoices} />
        <CheckField title="Embedded text" {...form.field('context')} choices={contexts} />
        <HeaderFields form={form} />
        <div className="stack gap-12">
          <TextField title="Passage sizes, in tokens" {...form.field('maxTokens')} placeholder="128, 220" />
          <TextField title="Overlaps, in tokens" {...form.field('overlapTokens')} placeholder="0, 20" />
          <TextField
            title="Larger passages, in tokens"
            {...form.field('parentTokens')}
            placeholder="0, 800"
            help="Passages are cut from these, and a search returns them."
          />
        </div>
      </div>
    </fieldset>
  );
}

/** The models that write headers. A lab uses only models of this machine for that. */
function HeaderFields({ form }: PartProps): ReactElement {
  const items = useModelItems('generate', 'usable').filter(({ value }) => !value.includes('/'));
  const choices = [[noLabHeader, 'None'] as const, ...items.map(({ value, title }) => [value, title] as const)];
  return <CheckField title="Passage headers" {...form.field('header')} choices={choices} />;
}

/** The search settings that a collection has now, and whether it has a knowledge graph; undefined until both are loaded. */
function useSearchNow(
  name: string | undefined,
): { readonly settings: SearchSettings; readonly hasGraph: boolean } | undefined {
  const [found, setFound] = useState<{
    readonly name: string;
    readonly settings: SearchSettings;
    readonly hasGraph: boolean;
  }>();
  useEffect(() => {
    if (name === undefined) return;
    const params = { path: { name } };
    const asked = Promise.all([
      client.GET('/api/collections/{name}/search-settings', { params }),
      client.GET('/api/collections/{name}/graph', { params }).then(
        ({ options }) => options !== undefined,
        () => false,
      ),
    ]);
    // If the settings cannot be read, the form shows only an estimate. The server counts the configurations anyway.
    asked.then(
      ([{ settings }, hasGraph]) => setFound({ name, settings, hasGraph }),
      () => undefined,
    );
  }, [name]);
  return found?.name === name ? found : undefined;
}

function RerankerFields({ form }: PartProps): ReactElement {
  const items = useModelItems('rerank', 'usable');
  const choices = [[noLabReranker, 'None'] as const, ...items.map(({ value, title }) => [value, title] as const)];
  return (
    <>
      <CheckField title="Rerankers" {...form.field('reranker')} choices={choices} />
      <TextField title="Passages to rerank" {...form.field('candidates')} placeholder="30" />
    </>
  );
}

/** The fields for rewriting. All configurations get the same questions, so a model rewrites each question only once. */
function RewriteFields({ form }: PartProps): ReactElement {
  const models = useModelItems('generate', 'usable').map(({ value, title }) => [value, title] as const);
  const kinds = LabRewriteKind.options.map((kind) => [kind, rewriteNames[kind]] as const);
  return (
    <>
      <CheckField title="Rewriting of the question" {...form.field('rewrite')} choices={kinds} />
      <CheckField
        title="Models that rewrite"
        empty="There is no language model yet."
        {...form.field('rewriter')}
        choices={models}
      />
    </>
  );
}

function CostField({ form }: PartProps): ReactElement | null {
  const isRemote = [...form.values.reranker, ...form.values.rewriter].some((model) => model.includes('/'));
  if (!isRemote) return null;
  return (
    <NumberField
      title="Most that the lab may cost"
      {...form.field('maxCost')}
      help="In the currency of the connection's prices. The lab is refused if it would cost more."
    />
  );
}

function SearchFields({ form, hasGraph }: PartProps & { readonly hasGraph: boolean }): ReactElement {
  return (
    <fieldset className={styles['lab-part']}>
      <legend>Search</legend>
      <div className={styles['lab-fields']}>
        <CheckField title="Ways to search" {...form.field('mode')} choices={modeChoices} />
        <div className="stack gap-12">
          <TextField
            title="Semantic weights of a combined search"
            {...form.field('weight')}
            placeholder="0.4, 0.6, 0.8"
          />
          <TextField title="Weights of titles and headings" {...form.field('titleWeight')} placeholder="1, 2, 4" />
          <TextField title="Diversities" {...form.field('diversity')} placeholder="0, 0.3" />
          {hasGraph || form.values.graphWeight !== '' ? (
            <TextField title="Graph weights" {...form.field('graphWeight')} placeholder="0, 0.3, 0.5" />
          ) : null}
        </div>
        <CheckField title="Returned" {...form.field('returns')} choices={returnsChoices} />
        <RerankerFields form={form} />
        <RewriteFields form={form} />
        <CostField form={form} />
      </div>
    </fieldset>
  );
}

function MeasureFields({ form }: PartProps): ReactElement {
  return (
    <details className={styles['lab-more']}>
      <summary>How it is measured</summary>
      <div className={styles['lab-fields']}>
        <SelectField
          title="Metric"
          {...form.field('metric')}
          choices={LabMetric.options.map((metric) => [metric, metricTitles[metric]] as const)}
        />
        <NumberField title="Documents that count" {...form.field('k')} min={1} max={100} step={1} />
        <NumberField title="Questions at most" {...form.field('questions')} min={5} max={5_000} step={1} />
        <TextField title="Split of the dataset" {...form.field('split')} maxLength={100} placeholder="All" />
      </div>
      <SwitchField
        title="Stop configurations that are proved worse"
        {...form.field('race')}
        help="Saves time. A configuration that is as good as the best one is stopped in at most 1 % of all labs."
      />
    </details>
  );
}
