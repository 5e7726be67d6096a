import clsx from 'clsx';
import type { ModelState } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import { IfMay } from '../../ui/states/IfMay.js';
import { useGet } from '../../data/queries/use-get.js';
import { SearchField } from '../../ui/fields/SearchField.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Section } from '../../ui/states/Section.js';
import { AddModel } from './AddModel.js';
import { HostPanel } from './HostPanel.js';
import { filterModels, modelFilters, type ModelFilter } from './filter-models.js';
import { machineText } from './model-fit.js';
import { ModelEntry } from './ModelEntry.js';
import { ModelResults } from './results/ModelResults.js';
import { TryModel } from './TryModel.js';
import { useJobs, useModelsNow } from '../../data/queries/use-topic.js';
import styles from './models.module.css';

/** The model catalogue, the models on this machine, and the model hosts that run them. */
export function ModelsPage(): ReactElement {
  const first = useGet('/api/models', {});
  const now = useModelsNow();
  const jobs = useJobs();
  const [filter, setFilter] = useState<ModelFilter>({ kind: 'all', state: 'all', query: '' });
  const [isAdding, setAdding] = useState(false);
  const [tried, setTried] = useState<ModelState['card']>();
  const [measured, setMeasured] = useState<ModelState['card']>();
  const machine = first.value?.machine;
  const all = now?.models ?? first.value?.models;
  const shown = useMemo(() => (all === undefined ? undefined : filterModels(all, filter)), [all, filter]);
  return (
    <PageLayout
      title="Models"
      actions={
        <IfMay permission="model:write">
          <button type="button" className="button" onClick={() => setAdding(true)}>
            <Plus size={15} aria-hidden /> Add a model
          </button>
        </IfMay>
      }
    >
      {machine === undefined ? null : <p className="page-lead quiet">{machineText(machine)}</p>}
      <HostPanel hosts={now?.hosts ?? []} models={all ?? []} />
      <div className="filters">
        {modelFilters.map(({ name, title, choices }) => (
          <SegmentedControl
            key={name}
            label={title}
            choices={choices.map((choice) => [choice.id, choice.title] as const)}
            value={filter[name]}
            onChange={(chosen) => setFilter((before) => ({ ...before, [name]: chosen }))}
          />
        ))}
        <SearchField
          label="Search models"
          value={filter.query}
          onChange={(query) => setFilter((before) => ({ ...before, query }))}
        />
      </div>
      <Section
        title={shown === undefined ? 'Catalogue' : `Catalogue: ${shown.length} of ${all?.length ?? 0}`}
        loaded={{ ...first, value: shown }}
        empty={
          (all ?? []).length === 0 ? 'No models are known.' : 'No model matches. Change the filters or the search.'
        }
      >
        {(list) => (
          <ul className={clsx('tiles', styles['tiles-wide'])}>
            {list.map((model) => (
              <ModelEntry
                key={model.card.id}
                model={model}
                machine={machine}
                job={jobs.find(({ kind, subject }) => kind === 'pull' && subject === model.card.id)}
                onTry={setTried}
                onResults={setMeasured}
                onChanged={first.again}
              />
            ))}
          </ul>
        )}
      </Section>
      {isAdding ? <AddModel onClose={() => setAdding(false)} onAdded={first.again} models={all ?? []} /> : null}
      {measured === undefined ? null : <ModelResults card={measured} onClose={() => setMeasured(undefined)} />}
      {tried === undefined ? null : <TryModel card={tried} onClose={() => setTried(undefined)} />}
    </PageLayout>
  );
}
