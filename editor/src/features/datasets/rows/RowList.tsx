import { Upload } from 'lucide-react';
import type { ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { FilterSelect } from '../../../ui/fields/FilterSelect.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { RowTable } from './RowTable.js';
import { useRows } from './use-rows.js';

/** The rows of a version, with filters by split and tag. */
export function RowList({
  id,
  version,
  split,
  tag,
  onFilter,
  onOpen,
  onImport,
}: {
  readonly id: string;
  readonly version: number;
  readonly split: string;
  readonly tag: string;
  readonly onFilter: (change: { readonly split?: string; readonly tag?: string }) => void;
  readonly onOpen: (row: string) => void;
  readonly onImport: () => void;
}): ReactElement {
  const pages = useRows({ id, version, split, tag });
  const facets = useGet('/api/datasets/{id}/facets', { params: { path: { id }, query: { version } } });
  const choicesOf = (kind: 'splits' | 'tags', chosen: string) => {
    const known = (facets.value?.[kind] ?? []).filter(({ name }) => name !== '');
    const named = known.map(({ name, rows }) => [name, `${name} (${rows.toLocaleString()})`] as const);
    // A filter from the address stays visible even if no row matches it.
    return chosen === '' || known.some(({ name }) => name === chosen) ? named : [...named, [chosen, chosen] as const];
  };
  const isFiltered = split !== '' || tag !== '';
  return (
    <>
      {version === 0 ? null : (
        <div className="filters">
          <FilterSelect
            label="Split"
            everything="Any split"
            choices={choicesOf('splits', split)}
            value={split}
            onChange={(chosen) => onFilter({ split: chosen })}
          />
          <FilterSelect
            label="Tag"
            everything="Any tag"
            choices={choicesOf('tags', tag)}
            value={tag}
            onChange={(chosen) => onFilter({ tag: chosen })}
          />
        </div>
      )}
      <WhenLoaded
        loaded={{ ...pages, value: pages.value?.rows }}
        empty={
          isFiltered ? (
            'No row matches. Change the filters.'
          ) : (
            <EmptyState
              Icon={Upload}
              action={
                <IfMay permission="workflow:write">
                  <button type="button" className="button" onClick={onImport}>
                    Import rows
                  </button>
                </IfMay>
              }
            >
              No rows. Drop a file on this page, write a row, or open a run and choose “Add to dataset”.
            </EmptyState>
          )
        }
      >
        {(rows) => <RowTable rows={rows} onOpen={onOpen} />}
      </WhenLoaded>
      {pages.hasMore ? (
        <button type="button" className="button show-more" disabled={pages.isLoading} onClick={pages.more}>
          {pages.isLoading ? 'Loading…' : 'Show more rows'}
        </button>
      ) : null}
    </>
  );
}
