import {
  NewSplitter,
  type CollectionReply,
  type ReindexEstimate,
  type ReindexRequest,
  type StoreKind,
} from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, SwitchField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
import { readForm } from '../../../ui/forms/read-form.js';
import { Link } from '../../../ui/navigation/Link.js';
import { qualityPath } from '../../../ui/navigation/route.js';
import { Notice } from '../../../ui/states/Notice.js';
import { HeaderField } from '../settings/HeaderField.js';
import { splitterChoices, splitterProblems } from '../settings/splitting.js';
import { useEmbedders } from '../settings/use-embedders.js';
import { FailureList } from './FailureList.js';
import { estimateText } from './reindex-text.js';
import { storeTitles } from '../settings/store-titles.js';

/** The settings of a new index, with an estimate of its cost. */
export function ChangeIndex({
  collection: { name, embedding, splitter, store: storeNow },
  onBegun,
  onClose,
}: {
  readonly collection: CollectionReply;
  readonly onBegun: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const now = {
    embedding,
    ...splitter,
    context: splitter.context === true,
    parentTokens: splitter.parentTokens,
    header: splitter.header,
  };
  const [estimate, setEstimate] = useState<ReindexEstimate>();
  const form = useForm<Omit<typeof now, 'maxTokens'> & { maxTokens: number | undefined }>(now, {
    onChange: () => setEstimate(undefined),
  });
  const { values, change } = form;
  const estimating = useAction();
  const embedders = useEmbedders();
  const params = { path: { name } };
  const state = useGet('/api/collections/{name}/reindex', { params }).value;
  const stores = state?.stores ?? [storeNow];
  const hasNext = state?.next !== undefined;
  const [store, setStore] = useState<StoreKind>(storeNow);
  const isCutTheSame = JSON.stringify(values) === JSON.stringify(now);
  const request = (): ReindexRequest => {
    const { embedding: model, ...cutting } = values;
    // If nothing else changes, the passages are copied to the other store.
    if (isCutTheSame) return { store };
    const cut = { embedding: model, splitter: readForm(NewSplitter, cutting, splitterProblems) };
    return store === storeNow ? cut : { ...cut, store };
  };
  const isSame = isCutTheSame && store === storeNow;
  return (
    <FormDialog
      title="Change the index"
      verb="Make the new index"
      isDisabled={isSame || hasNext}
      hasOwnChecks
      onSubmit={async () => {
        await client.POST('/api/collections/{name}/reindex', { params, body: request() });
        onBegun();
        onClose();
      }}
      onClose={onClose}
    >
      <p className="quiet">
        The new index is filled beside the one that serves. Searches and imports go on. You compare both before you
        switch, and you can go back. Not sure which values are best?{' '}
        <Link href={`${qualityPath('labs')}?new=${encodeURIComponent(name)}`}>Measure in a lab</Link>
      </p>
      {hasNext ? (
        <p role="status">
          The collection has a new index already: switch to it or discard it under <em>Indexes</em> first.
        </p>
      ) : null}
      {stores.length < 2 ? null : (
        <SelectField
          title="Store"
          value={store}
          choices={stores.map((kind) => [kind, storeTitles[kind]] as const)}
          help="With the same model and splitting, passages are copied and not embedded again."
          onChange={(kind) => {
            setEstimate(undefined);
            setStore(kind);
          }}
        />
      )}
      <SelectField
        title="Embedding model"
        value={values.embedding}
        choices={choicesOf(embedders, embedding)}
        // Models read texts of different lengths, so the passage size follows the model until the user chooses a size.
        onChange={(model) =>
          change({
            embedding: model,
            ...(values.maxTokens === now.maxTokens && model !== embedding ? { maxTokens: undefined } : {}),
          })
        }
      />
      <SelectField title="Splitting" {...form.field('kind')} choices={splitterChoices} />
      <div className="field-pair">
        <NumberField
          title="Passage size, in tokens"
          {...form.field('maxTokens')}
          min={16}
          max={8192}
          step={1}
          placeholder="What the model reads"
        />
        <NumberField
          title="Overlap, in tokens"
          value={values.overlapTokens}
          max={1024}
          step={1}
          onChange={(overlapTokens) => change({ overlapTokens: overlapTokens ?? 0 })}
        />
      </div>
      <NumberField
        title="Cut from larger passages, in tokens"
        {...form.field('parentTokens')}
        min={32}
        max={8192}
        step={1}
        placeholder="None"
        help="A search finds the small passage and returns the larger one."
      />
      <SwitchField
        title="Embed title and headings"
        {...form.field('context')}
        help="The model reads them before the text of each passage."
      />
      <HeaderField
        value={values.header}
        // A header needs room beside the passage, so the passage size follows the model until the user chooses a size.
        onChange={(header) =>
          change({
            header,
            ...(values.maxTokens === now.maxTokens && (header === undefined) !== (now.header === undefined)
              ? { maxTokens: undefined }
              : {}),
          })
        }
      />
      <div className="aligned-wrapped gap-8">
        <button
          type="button"
          className="button"
          disabled={estimating.isBusy || isSame}
          onClick={() =>
            estimating.run(async () =>
              setEstimate(await client.POST('/api/collections/{name}/reindex/estimate', { params, body: request() })),
            )
          }
        >
          {estimating.isBusy ? 'Trying some documents…' : 'Estimate the cost'}
        </button>
        {isSame ? <span className="quiet">Change something first.</span> : null}
      </div>
      {estimating.error === undefined ? null : <Notice error={estimating.error} />}
      <div role="status" className="stack gap-8">
        {estimate === undefined ? null : (
          <>
            <p>{estimateText(estimate)}</p>
            <FailureList
              failures={estimate.failures}
              title={`${estimate.failures.length} of ${estimate.sampled} sampled documents cannot be indexed`}
            />
          </>
        )}
      </div>
    </FormDialog>
  );
}

/** The models of this machine, and the model of the collection. */
function choicesOf(
  embedders: ReturnType<typeof useEmbedders>,
  current: string,
): readonly (readonly [string, string])[] {
  const choices = (embedders ?? []).map(({ id, title }) => [id, title] as const);
  return choices.some(([id]) => id === current) ? choices : [[current, current], ...choices];
}
