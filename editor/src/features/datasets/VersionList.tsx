import clsx from 'clsx';
import type { DatasetReply, DatasetVersion } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useNames } from '../../data/access/me-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { RowButton } from '../../ui/buttons/RowButton.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { ListRow } from '../../ui/tables/ListRow.js';
import { countOf } from '../../ui/format/count-of.js';
import styles from './datasets.module.css';

/** The versions of a dataset, and the difference between two of them. */
export function VersionList({
  dataset: { id, versions },
  onShow,
  onOpen,
}: {
  readonly dataset: DatasetReply;
  readonly onShow: (version: number) => void;
  readonly onOpen: (version: number, row: string) => void;
}): ReactElement {
  const now = useNow(false);
  const nameOf = useNames();
  const [newest] = versions;
  if (newest === undefined) return <p className="quiet">No version yet: the first rows make one.</p>;
  return (
    <>
      {versions.length < 2 ? null : <Difference id={id} versions={versions} onOpen={onOpen} />}
      <ul className="rows" aria-label="Versions">
        {versions.map(({ version, rows, added, removed, erased, who, note, createdAt }) => (
          <ListRow
            key={version}
            title={
              <span dir="auto">
                Version {version}
                {note === '' ? '' : `: ${note}`}
              </span>
            }
            facts={
              <>
                {countOf(rows, 'row')}, {added} added, {removed} removed
                {erased === 0 ? '' : `, ${erased} erased later`} · {nameOf(who)} ·{' '}
                <span data-tip={new Date(createdAt).toLocaleString()}>{formatAgo(createdAt, now)}</span>
              </>
            }
          >
            <RowButton title="Show rows" what={`of version ${version}`} run={() => onShow(version)} />
          </ListRow>
        ))}
      </ul>
    </>
  );
}

/** The differences between two versions: counts, and the rows that differ. */
function Difference({
  id,
  versions,
  onOpen,
}: {
  readonly id: string;
  readonly versions: readonly DatasetVersion[];
  readonly onOpen: (version: number, row: string) => void;
}): ReactElement {
  const newest = versions[0]?.version ?? 0;
  const [from, setFrom] = useState(newest - 1);
  const [to, setTo] = useState(newest);
  const choices = versions.map(({ version }) => [String(version), `Version ${version}`] as const);
  const difference = useGet('/api/datasets/{id}/difference', { params: { path: { id }, query: { from, to } } });
  return (
    <section className="section" aria-label="Difference">
      <div className={styles['dataset-fields']}>
        <SelectField
          title="Compare"
          value={String(from)}
          choices={choices}
          onChange={(text) => setFrom(Number(text))}
        />
        <SelectField title="with" value={String(to)} choices={choices} onChange={(text) => setTo(Number(text))} />
      </div>
      <WhenLoaded loaded={difference}>
        {({ added, removed, changed, unchanged, rows }) => (
          <>
            <p className="figure" role="status">
              {countOf(added, 'row')} added, {removed} removed, {changed} changed, {unchanged} unchanged.
            </p>
            {rows.length === 0 ? null : (
              <details>
                <summary>
                  {rows.length < added + removed + changed
                    ? `The first ${rows.length} rows that differ`
                    : 'Rows that differ'}
                </summary>
                <ul className={styles['dataset-changes']}>
                  {rows.map(({ id: row, change }) => (
                    <li key={row}>
                      <button
                        type="button"
                        className={clsx('bare-text-button', styles['dataset-open'], 'mono')}
                        onClick={() => onOpen(change === 'removed' ? from : to, row)}
                      >
                        {row}
                      </button>{' '}
                      <span className="quiet">{change}</span>
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </>
        )}
      </WhenLoaded>
    </section>
  );
}
