import { SearchSettings, usualSearch, type SearchReranker } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { ComboboxField } from '../../../ui/fields/ComboboxField.js';
import { NumberField, SelectField, SwitchField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
import { readForm } from '../../../ui/forms/read-form.js';
import { ChangeRefused } from '../../../ui/states/ChangeRefused.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { useModelItems } from '../../models/index.js';
import { searchText } from './search-text.js';
import styles from '../collections.module.css';

/** The search settings that apply where a node, an agent or a request sets none. They load when the section is opened. */
export function SearchSettingsPanel({ name }: { readonly name: string }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Search settings</summary>
      {isOpen ? <Settings name={name} /> : null}
    </details>
  );
}

function Settings({ name }: { readonly name: string }): ReactElement {
  const params = { path: { name } };
  const loaded = useGet('/api/collections/{name}/search-settings', { params }, (reply) => reply);
  const hasGraph = useGet('/api/collections/{name}/graph', { params }, ({ options }) => options !== undefined);
  return (
    <WhenLoaded loaded={loaded}>
      {({ settings }) => (
        <SettingsForm
          key={JSON.stringify(settings)}
          name={name}
          settings={settings}
          hasGraph={hasGraph.value === true}
          again={loaded.again}
        />
      )}
    </WhenLoaded>
  );
}

const modes = [
  ['hybrid', 'Combined'],
  ['dense', 'Semantic'],
  ['lexical', 'Keyword'],
] as const;

/** An index that was cut from larger passages returns these by default. */
const returned = [
  ['', 'As the index was cut'],
  ['passage', 'The passage'],
  ['parent', 'The larger passage'],
  ['window', 'The passage with its neighbours, as one'],
] as const;

const problems = {
  weight: 'The semantic weight is a number from 0 to 1.',
  titleWeight: 'The title weight is a number from 0 to 10.',
  graphWeight: 'The graph weight is a number from 0 to 1.',
  diversity: 'The diversity is a number from 0 to 1.',
  neighbours: 'Adjacent passages are a whole number from 0 to 10.',
  reranker: 'The reranker reads a whole number of passages from 1 to 200.',
};

/**
 * The settings without the weights that the mode does not use. The form hides those, and a node that sets another mode would apply them.
 */
function inUse({ weight, titleWeight, ...rest }: SearchSettings): SearchSettings {
  const mode = rest.mode ?? usualSearch.mode;
  return {
    ...rest,
    ...(mode !== 'hybrid' || weight === undefined ? {} : { weight }),
    ...(mode === 'dense' || titleWeight === undefined ? {} : { titleWeight }),
  };
}

function SettingsForm({
  name,
  settings,
  hasGraph,
  again,
}: {
  readonly name: string;
  readonly settings: SearchSettings;
  readonly hasGraph: boolean;
  readonly again: () => void;
}): ReactElement {
  const [model, setModel] = useState(settings.reranker?.model ?? '');
  const items = useModelItems('rerank');
  const action = useAction();
  const isReadOnly = !useMay('collection:write');
  const form = useForm(settings, { isReadOnly });
  const { values: draft, change } = form;
  const { candidates = 30, ifUnavailable = 'fail' } = draft.reranker ?? {};
  const changeReranker = (part: Partial<SearchReranker>): void =>
    change({ reranker: { model, candidates, ifUnavailable, ...part } });
  const put = async (wanted: SearchSettings): Promise<void> => {
    const params = { path: { name } };
    await client.PUT('/api/collections/{name}/search-settings', {
      params,
      body: { settings: wanted, base: settings },
    });
    again();
  };
  const hasReranker = model.trim() !== '';
  const mode = draft.mode ?? usualSearch.mode;
  return (
    <form
      className="stack gap-12"
      aria-label="Search settings"
      onSubmit={(event) => {
        event.preventDefault();
        const reranker = hasReranker ? { model: model.trim(), candidates, ifUnavailable } : undefined;
        action.run(async () => put(readForm(SearchSettings, { ...inUse(draft), reranker }, problems)));
      }}
    >
      <p className="quiet">
        Workflows, agents, evaluators and the search above use these settings where they set none of their own. A
        reranker reads the best passages with the question and orders them.
      </p>
      {action.error === undefined ? null : <ChangeRefused error={action.error} again={again} />}
      <div className={styles['index-compare']}>
        <SelectField
          title="Search"
          value={mode}
          choices={modes}
          isReadOnly={isReadOnly}
          onChange={(chosen) => change({ mode: chosen })}
        />
        {mode === 'hybrid' ? (
          <NumberField title="Semantic weight" {...form.field('weight')} placeholder="balanced" max={1} step={0.05} />
        ) : null}
        {mode === 'dense' ? null : (
          <NumberField title="Title weight" {...form.field('titleWeight')} placeholder="2" max={10} step={0.5} />
        )}
        <NumberField title="Diversity" {...form.field('diversity')} placeholder="0" max={1} step={0.05} />
        {hasGraph || draft.graphWeight !== undefined ? (
          <NumberField title="Graph weight" {...form.field('graphWeight')} placeholder="0" max={1} step={0.05} />
        ) : null}
        <NumberField title="Adjacent passages" {...form.field('neighbours')} placeholder="0" max={10} step={1} />
        <SelectField
          title="Returns"
          value={draft.returns ?? ''}
          choices={returned}
          isReadOnly={isReadOnly}
          onChange={(chosen) => change({ returns: chosen === '' ? undefined : chosen })}
        />
      </div>
      <div className={styles['index-compare']}>
        <ComboboxField
          title="Reranker"
          value={model}
          items={items}
          placeholder="None"
          empty="No reranker has this name. For a model of a connection, enter connection/model."
          isReadOnly={isReadOnly}
          onChange={setModel}
        />
        {hasReranker ? (
          <NumberField
            title="Passages to rerank"
            value={candidates}
            min={1}
            max={200}
            step={1}
            isReadOnly={isReadOnly}
            onChange={(count) => changeReranker({ candidates: count ?? NaN })}
          />
        ) : null}
      </div>
      {hasReranker ? (
        <SwitchField
          title="Continue without the reranker while it cannot be reached"
          help="Otherwise searches fail then. The run says that passages were not reranked."
          value={ifUnavailable === 'continue'}
          isReadOnly={isReadOnly}
          onChange={(isOn) => changeReranker({ ifUnavailable: isOn ? 'continue' : 'fail' })}
        />
      ) : null}
      {isReadOnly ? null : (
        <div className="aligned-wrapped gap-8">
          <button type="submit" className="button" disabled={action.isBusy}>
            Save the search settings
          </button>
          {Object.keys(settings).length === 0 ? null : (
            <button type="button" className="button" disabled={action.isBusy} onClick={() => action.run(() => put({}))}>
              Reset them
            </button>
          )}
        </div>
      )}
      <p className="quiet" role="status">
        {searchText(settings)}
      </p>
    </form>
  );
}
