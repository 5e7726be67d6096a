import type { StoredFact } from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import { NotebookText } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import { useKnownMay, useMe } from '../../data/access/me-store.js';
import { useNamedProject } from '../../data/access/project-store.js';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { usePages } from '../../data/queries/use-pages.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { ShowMore } from '../../ui/buttons/ShowMore.js';
import { FilterSelect } from '../../ui/fields/FilterSelect.js';
import { SearchField } from '../../ui/fields/SearchField.js';
import { Link } from '../../ui/navigation/Link.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Notice } from '../../ui/states/Notice.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { EditFact } from './EditFact.js';
import { factPages, type FactFilter } from './fact-pages.js';
import { FactTable } from './FactTable.js';

/** Lists, edits, exports and deletes long-term facts about the subjects of runs. */
export function Facts(): ReactElement {
  const project = useNamedProject()?.id;
  const workflows = useWorkflows();
  const [workflow, setWorkflow] = useState('');
  const [search, setSearch] = useState('');
  const text = useDeferredValue(search.trim());
  const filter = useMemo(
    (): FactFilter => ({
      project: project || undefined,
      workflow: workflow || undefined,
      search: text || undefined,
    }),
    [project, workflow, text],
  );
  const pages = usePages(factPages, filter);
  const mayChange = useKnownMay('workflow:write') === true;
  const me = useMe()?.principal?.id;
  const [edited, setEdited] = useState<StoredFact>();
  const erasing = useAction();

  async function erase({ id, key }: StoredFact): Promise<void> {
    const params = { path: { id } };
    await client.DELETE('/api/facts/{id}', { params: { ...params, query: { undo: 'true' } } });
    pages.again();
    offerUndo({
      what: `the fact “${key}”`,
      restore: () => client.POST('/api/facts/{id}/restore', { params }),
      onRestored: pages.again,
    });
  }

  return (
    <>
      <p className="quiet">
        A memory node keeps facts about the subject of its run. All later conversations of this subject with the
        workflow share them.
      </p>
      <div className="filters">
        <FilterSelect
          label="Workflow"
          everything="Any workflow"
          choices={workflows.choices}
          value={workflow}
          onChange={setWorkflow}
        />
        <SearchField
          label="Search facts"
          placeholder="Key, text or subject"
          className="filters-search"
          value={search}
          onChange={setSearch}
        />
        <a className="button button-small" href={addressOf('/api/facts/export', { query: filter })} download>
          Export JSONL
        </a>
      </div>
      {erasing.error === undefined ? null : <Notice error={erasing.error} />}
      <WhenLoaded
        loaded={{ ...pages, value: pages.value?.facts }}
        text="Loading facts…"
        empty={
          text !== '' || workflow !== '' ? (
            'No fact matches. Change the filters.'
          ) : (
            <EmptyState
              Icon={NotebookText}
              action={
                <Link href="/" className="button">
                  Open a workflow
                </Link>
              }
            >
              No facts yet. A memory node with the operation “Remember facts” keeps them here.
            </EmptyState>
          )
        }
      >
        {(facts) => (
          <FactTable
            facts={facts}
            names={pages.value?.names ?? {}}
            workflowName={workflows.nameOf}
            mayChange={({ owner }) => mayChange || owner.subject === me}
            onEdit={setEdited}
            onErase={(fact) => erasing.run(() => erase(fact))}
          />
        )}
      </WhenLoaded>
      <ShowMore pages={pages} what="facts" />
      {edited === undefined ? null : (
        <EditFact fact={edited} onClose={() => setEdited(undefined)} onSaved={pages.again} />
      )}
    </>
  );
}
