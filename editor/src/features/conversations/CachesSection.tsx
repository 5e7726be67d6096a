import type { StoredCache } from '@heddle/core';
import { DatabaseZap } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { useProjectNames } from '../../data/access/project-store.js';
import { client } from '../../data/api/client.js';
import { formatCount } from '../../ui/format/format-money.js';
import { RowButton } from '../../ui/buttons/RowButton.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { useGet } from '../../data/queries/use-get.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Link } from '../../ui/navigation/Link.js';
import { templatesPath } from '../../ui/navigation/route.js';
import { LoadedTable } from '../../ui/tables/LoadedTable.js';
import { formatSums } from '../../ui/format/format-money.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';

/** The caches of the project with their sizes and savings. Each can be cleared. */
export function CachesSection(): ReactElement {
  const caches = useGet('/api/caches', {}, ({ caches }) => caches);
  const { nameOf } = useWorkflows();
  const projectName = useProjectNames();
  const mayClear = useKnownMay('workflow:write') === true;
  const [cleared, setCleared] = useState<StoredCache>();
  const scopeOf = ({ project, workflow }: StoredCache): string =>
    workflow === undefined ? `All workflows of ${projectName(project)}` : nameOf(workflow);
  return (
    <>
      <p className="quiet">
        A cache node keeps results for one workflow, or under a shared name for all workflows of the project. A hit
        saves the cost of computing the result again.
      </p>
      <LoadedTable
        name="Caches"
        loaded={caches}
        empty={
          <EmptyState
            Icon={DatabaseZap}
            action={
              <Link href={templatesPath('cached-answers')} className="button">
                Open a template with a cache
              </Link>
            }
          >
            No cached results yet. A workflow with a cache node keeps its results here.
          </EmptyState>
        }
        columns={['Scope', 'Name', { number: 'Results' }, { number: 'Hits' }, { number: 'Saved' }]}
      >
        {(cache) => (
          <tr key={`${cache.project} ${cache.workflow ?? ''} ${cache.name}`}>
            <th scope="row">{scopeOf(cache)}</th>
            <td>{cache.name === '' ? <span className="quiet">No name</span> : cache.name}</td>
            <td className="number">{formatCount(cache.entries)}</td>
            <td className="number">{formatCount(cache.hits)}</td>
            <td className="number">{Object.keys(cache.saved).length === 0 ? '' : formatSums(cache.saved)}</td>
            <td className="cell-menu">
              {mayClear && cache.entries > 0 ? (
                <RowButton title="Clear" what={`the cache ${cache.name}`} run={() => setCleared(cache)} />
              ) : null}
            </td>
          </tr>
        )}
      </LoadedTable>
      {cleared === undefined ? null : (
        <Confirm
          title={`Clear the cache of ${scopeOf(cleared)}?`}
          verb="Clear cache"
          onClose={() => setCleared(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/caches', {
              params: { query: { name: cleared.name, workflow: cleared.workflow ?? '' } },
              headers: { 'heddle-project': cleared.project },
            });
            setCleared(undefined);
            caches.again();
          }}
        >
          <p>The next runs compute their results again. The savings so far stay in the figures.</p>
        </Confirm>
      )}
    </>
  );
}
