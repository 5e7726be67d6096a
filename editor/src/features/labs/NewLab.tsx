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
import { useAction } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { countOf } from '../../ui/format/count-of.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { CheckList } from '../../ui/fields/CheckList.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
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
  readonly form: LabForm;
  readonly change: (more: Partial<LabForm>) => void;
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
  const [form, setForm] = useState<LabForm>({ ...emptyForm, dataset, collection });
  const action = useAction();
  const datasets = useGet('/api/datasets', {}, (reply) => reply.datasets);
  const collections = useGet('/api/collections', {}, (reply) => reply.collections);
  const info = collections.value?.find(({ name }) => name === form.collection);
  const now = useSearchNow(info?.name);
  const size = info === undefined ? undefined : sizeOf(form, info, now?.settings, now?.hasGraph);
  const change = (more: Partial<LabForm>): void => setForm((before) => ({ ...before, ...more }));
  return (
    <FormDialog
      title="New lab"
      verb="Begin"
      action={action}
      isWide
      hasOwnChecks
      isDisabled={form.dataset === '' || size === undefined || 'problem' in size}
      onSubmit={async () => {
        const params = { path: { id: form.dataset } };
        const { id } = await client.POST('/api/datasets/{id}/labs', { params, body: requestOf(form) });
        onClose();
        navigate(labPath(form.dataset, id));
      }}
      onClose={onClose}
    >
      <div className={styles['lab-fields']}>
        <SelectField
          title="Collection"
          value={form.collection}
          choices={[
            ['', collections.value?.length === 0 ? 'No collection yet' : 'Choose a collection'],
            ...(collections.value ?? []).map(({ name, title }) => [name, title] as const),
          ]}
          help={info === undefined ? undefined : describeNow(info)}
          onChange={(chosen) => change({ collection: chosen })}
        />
        <SelectField
          title="Questions"
          value={form.dataset}
          choices={[
            ['', datasets.value?.length === 0 ? 'No dataset yet' : 'Choose a dataset'],
            ...(datasets.value ?? []).map(({ id, name }) => [id, name] as const),
          ]}
          help="Rows with a question, and with the documents that hold the answer as references."
          onChange={(chosen) => change({ dataset: chosen })}
        />
      </div>
      <p role="status" data-part="lab-size">
        {size === undefined ? 'Choose a collection to see the amount of work.' : sizeText(size)}
      </p>
      <IndexFields form={form} change={change} />
      <SearchFields form={form} change={change} hasGraph={now?.hasGraph === true} />
      <MeasureFields form={form} change={change} />
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
function IndexFields({ form, change }: PartProps): ReactElement {
  const embedders = useEmbedders() ?? [];
  return (
    <fieldset className={styles['lab-part']}>
      <legend>Index</legend>
      <p className="quiet">Each value is tried with each other. An empty field keeps the setting of the collection.</p>
      <div className={styles['lab-fields']}>
        <fieldset className="choices">
          <legend className="field-label">Embedding models</legend>
          {embedders.length === 0 ? <span className="quiet">No embedding model is on this machine.</span> : null}
          <CheckList
            value={form.embedding}
            choices={embedders.map(({ id, title }) => [id, title] as const)}
            onChange={(embedding) => change({ embedding })}
          />
        </fieldset>
        <fieldset className="choices">
          <legend className="field-label">Splitting</legend>
          <CheckList value={form.kind} choices={splitterChoices} onChange={(kind) => change({ kind })} />
        </fieldset>
        <fieldset className="choices">
          <legend className="field-label">Embedded text</legend>
          <CheckList value={form.context} choices={contexts} onChange={(context) => change({ context })} />
        </fieldset>
        <HeaderFields form={form} change={change} />
        <div className="stack gap-12">
          <TextField
            title="Passage sizes, in tokens"
            value={form.maxTokens}
            placeholder="128, 220"
            onChange={(maxTokens) => change({ maxTokens })}
          />
          <TextField
            title="Overlaps, in tokens"
            value={form.overlapTokens}
            placeholder="0, 20"
            onChange={(overlapTokens) => change({ overlapTokens })}
          />
          <TextField
            title="Larger passages, in tokens"
            value={form.parentTokens}
            placeholder="0, 800"
            help="Passages are cut from these, and a search returns them."
            onChange={(parentTokens) => change({ parentTokens })}
          />
        </div>
      </div>
    </fieldset>
  );
}

/** The models that write headers. A lab uses only models of this machine for that. */
function HeaderFields({ form, change }: PartProps): ReactElement {
  const items = useModelItems('generate', 'usable').filter(({ value }) => !value.includes('/'));
  const choices = [[noLabHeader, 'None'] as const, ...items.map(({ value, title }) => [value, title] as const)];
  return (
    <fieldset className="choices">
      <legend className="field-label">Passage headers</legend>
      <CheckList value={form.header} choices={choices} onChange={(header) => change({ header })} />
    </fieldset>
  );
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

function RerankerFields({ form, change }: PartProps): ReactElement {
  const items = useModelItems('rerank', 'usable');
  const choices = [[noLabReranker, 'None'] as const, ...items.map(({ value, title }) => [value, title] as const)];
  return (
    <>
      <fieldset className="choices">
        <legend className="field-label">Rerankers</legend>
        <CheckList value={form.reranker} choices={choices} onChange={(reranker) => change({ reranker })} />
      </fieldset>
      <TextField
        title="Passages to rerank"
        value={form.candidates}
        placeholder="30"
        onChange={(candidates) => change({ candidates })}
      />
    </>
  );
}

/** The fields for rewriting. All configurations get the same questions, so a model rewrites each question only once. */
function RewriteFields({ form, change }: PartProps): ReactElement {
  const models = useModelItems('generate', 'usable').map(({ value, title }) => [value, title] as const);
  const kinds = LabRewriteKind.options.map((kind) => [kind, rewriteNames[kind]] as const);
  return (
    <>
      <fieldset className="choices">
        <legend className="field-label">Rewriting of the question</legend>
        <CheckList value={form.rewrite} choices={kinds} onChange={(rewrite) => change({ rewrite })} />
      </fieldset>
      <fieldset className="choices">
        <legend className="field-label">Models that rewrite</legend>
        {models.length === 0 ? <span className="quiet">There is no language model yet.</span> : null}
        <CheckList value={form.rewriter} choices={models} onChange={(rewriter) => change({ rewriter })} />
      </fieldset>
    </>
  );
}

function CostField({ form, change }: PartProps): ReactElement | null {
  const isRemote = [...form.reranker, ...form.rewriter].some((model) => model.includes('/'));
  if (!isRemote) return null;
  return (
    <NumberField
      title="Most that the lab may cost"
      value={form.maxCost}
      help="In the currency of the connection's prices. The lab is refused if it would cost more."
      onChange={(maxCost) => change({ maxCost })}
    />
  );
}

function SearchFields({ form, change, hasGraph }: PartProps & { readonly hasGraph: boolean }): ReactElement {
  return (
    <fieldset className={styles['lab-part']}>
      <legend>Search</legend>
      <div className={styles['lab-fields']}>
        <fieldset className="choices">
          <legend className="field-label">Ways to search</legend>
          <CheckList value={form.mode} choices={modeChoices} onChange={(mode) => change({ mode })} />
        </fieldset>
        <div className="stack gap-12">
          <TextField
            title="Semantic weights of a combined search"
            value={form.weight}
            placeholder="0.4, 0.6, 0.8"
            onChange={(weight) => change({ weight })}
          />
          <TextField
            title="Weights of titles and headings"
            value={form.titleWeight}
            placeholder="1, 2, 4"
            onChange={(titleWeight) => change({ titleWeight })}
          />
          <TextField
            title="Diversities"
            value={form.diversity}
            placeholder="0, 0.3"
            onChange={(diversity) => change({ diversity })}
          />
          {hasGraph || form.graphWeight !== '' ? (
            <TextField
              title="Graph weights"
              value={form.graphWeight}
              placeholder="0, 0.3, 0.5"
              onChange={(graphWeight) => change({ graphWeight })}
            />
          ) : null}
        </div>
        <fieldset className="choices">
          <legend className="field-label">Returned</legend>
          <CheckList value={form.returns} choices={returnsChoices} onChange={(returns) => change({ returns })} />
        </fieldset>
        <RerankerFields form={form} change={change} />
        <RewriteFields form={form} change={change} />
        <CostField form={form} change={change} />
      </div>
    </fieldset>
  );
}

function MeasureFields({ form, change }: PartProps): ReactElement {
  return (
    <details className={styles['lab-more']}>
      <summary>How it is measured</summary>
      <div className={styles['lab-fields']}>
        <SelectField
          title="Metric"
          value={form.metric}
          choices={LabMetric.options.map((metric) => [metric, metricTitles[metric]] as const)}
          onChange={(metric) => change({ metric })}
        />
        <NumberField
          title="Documents that count"
          value={form.k}
          min={1}
          max={100}
          step={1}
          onChange={(k) => change({ k })}
        />
        <NumberField
          title="Questions at most"
          value={form.questions}
          min={5}
          max={5_000}
          step={1}
          onChange={(questions) => change({ questions })}
        />
        <TextField
          title="Split of the dataset"
          value={form.split}
          maxLength={100}
          placeholder="All"
          onChange={(split) => change({ split })}
        />
      </div>
      <SwitchField
        title="Stop configurations that are proved worse"
        value={form.race}
        help="Saves time. A configuration that is as good as the best one is stopped in at most 1 % of all labs."
        onChange={(race) => change({ race })}
      />
    </details>
  );
}
