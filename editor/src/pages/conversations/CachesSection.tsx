import type { StoredCache } from '@heddle/core';
import { useCallback, useState, type ReactElement } from 'react';
import { useKnownMay } from '../../access/me-store.js';
import { useProjectNames } from '../../access/project-store.js';
import { api } from '../../api/api.js';
import { conversations } from '../../api/conversations.js';
import { formatCount } from '../../format/format-money.js';
import { Confirm } from '../Confirm.js';
import { useLoaded } from '../home/use-loaded.js';
import { LoadedTable } from '../LoadedTable.js';
import { moneyWords } from '../spend/spend-series.js';
import { useAction } from '../use-action.js';

/** The caches of the project: what they hold and saved; emptied. */
export function CachesSection(): ReactElement {
  const load = useCallback(async (signal: AbortSignal) => (await conversations.caches(signal)).caches, []);
  const caches = useLoaded(load);
  const workflows = useLoaded(api.workflows);
  const projectName = useProjectNames();
  const mayClear = useKnownMay('workflow:write') === true;
  const [cleared, setCleared] = useState<StoredCache>();
  const clearing = useAction();
  const placeOf = ({ project, workflow }: StoredCache): string =>
    workflow === undefined
      ? `All of ${projectName(project)}`
      : (workflows.value?.find(({ id }) => id === workflow)?.name ?? workflow);
  return (
    <>
      <p className="quiet">
        A cache node keeps results of one workflow, or under a name those of all workflows of the project. A hit saves
        what making the result took.
      </p>
      <LoadedTable
        name="Caches"
        loaded={caches}
        empty="No result is kept yet. A workflow with a cache node keeps what its work gave."
        columns={['For', 'Name', 'Results', 'Hits', 'Saved']}
      >
        {(cache) => (
          <tr key={`${cache.project} ${cache.workflow ?? ''} ${cache.name}`}>
            <th scope="row">{placeOf(cache)}</th>
            <td>{cache.name}</td>
            <td className="figure">{formatCount(cache.entries)}</td>
            <td className="figure">{formatCount(cache.hits)}</td>
            <td className="figure">{Object.keys(cache.saved).length === 0 ? '' : moneyWords(cache.saved)}</td>
            <td className="cell-menu">
              {mayClear && cache.entries > 0 ? (
                <button type="button" className="button button-small" onClick={() => setCleared(cache)}>
                  Empty<span className="visually-hidden"> the cache {cache.name}</span>
                </button>
              ) : null}
            </td>
          </tr>
        )}
      </LoadedTable>
      {cleared === undefined ? null : (
        <Confirm
          title={`Empty the cache of ${placeOf(cleared)}?`}
          verb="Empty cache"
          action={clearing}
          onClose={() => setCleared(undefined)}
          onConfirm={() =>
            clearing.run(async () => {
              await conversations.clearCache(cleared);
              setCleared(undefined);
              caches.again();
            })
          }
        >
          <p>The next runs do the work anew. What it saved stays in the figures.</p>
        </Confirm>
      )}
    </>
  );
}
