import clsx from 'clsx';
import type { DatasetProblems } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { countOf } from '../../ui/format/count-of.js';
import styles from './datasets.module.css';

type Kind = 'leaks' | 'duplicates';

/** Duplicate rows, and inputs that are in several splits, with buttons that remove all but one. */
export function ProblemList({
  id,
  version,
  isNewest,
  onOpen,
  onRemoved,
}: {
  readonly id: string;
  readonly version: number;
  readonly isNewest: boolean;
  readonly onOpen: (row: string) => void;
  readonly onRemoved: (said: string) => void;
}): ReactElement {
  const problems = useGet('/api/datasets/{id}/problems', { params: { path: { id }, query: { version } } });
  const [removing, setRemoving] = useState<Kind>();
  const splits = [...new Set((problems.value?.groups ?? []).flatMap((group) => group.splits))].filter(
    (split) => split !== '',
  );
  return (
    <WhenLoaded loaded={problems}>
      {({ duplicates, leaks, groups }) => (
        <section className="section" aria-label="Problems">
          <p role="status">
            {duplicates === 0
              ? 'No two rows have the same inputs.'
              : `${countOf(duplicates, 'row')} too many: others have the same inputs.`}{' '}
            {leaks === 0
              ? 'No inputs are in several splits.'
              : `${countOf(leaks, 'group')} of them leaks: the same inputs are in several splits.`}
          </p>
          {isNewest && duplicates > 0 ? (
            <IfMay permission="workflow:write">
              <div className="aligned-wrapped gap-8">
                {leaks === 0 ? null : (
                  <button type="button" className="button" onClick={() => setRemoving('leaks')}>
                    Remove leaks
                  </button>
                )}
                <button type="button" className="button" onClick={() => setRemoving('duplicates')}>
                  Remove duplicates
                </button>
              </div>
            </IfMay>
          ) : null}
          <Groups groups={groups} onOpen={onOpen} />
          {removing === undefined ? null : (
            <RemoveTwins
              id={id}
              of={removing}
              splits={splits}
              onRemoved={(said) => {
                setRemoving(undefined);
                onRemoved(said);
              }}
              onClose={() => setRemoving(undefined)}
            />
          )}
        </section>
      )}
    </WhenLoaded>
  );
}

function Groups({
  groups,
  onOpen,
}: {
  readonly groups: DatasetProblems['groups'];
  readonly onOpen: (row: string) => void;
}): ReactElement {
  return (
    <ul className="rows" aria-label="Groups with the same inputs">
      {groups.map(({ rows, count, splits }) => (
        <li key={rows[0]} className="row">
          <span className="row-main">
            <span className="row-title">
              {count} rows{splits.length > 1 ? ` in ${splits.map((split) => split || 'no split').join(', ')}` : ''}
            </span>
            <span className="aligned-wrapped gap-8">
              {rows.map((row) => (
                <button
                  key={row}
                  type="button"
                  className={clsx('bare-text-button', styles['dataset-open'], 'mono')}
                  onClick={() => onOpen(row)}
                >
                  {row}
                </button>
              ))}
              {count > rows.length ? <span className="quiet">and {count - rows.length} more</span> : null}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function RemoveTwins({
  id,
  of,
  splits,
  onRemoved,
  onClose,
}: {
  readonly id: string;
  readonly of: Kind;
  readonly splits: readonly string[];
  readonly onRemoved: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [keep, setKeep] = useState(splits.includes('test') ? 'test' : '');
  return (
    <Confirm
      title={of === 'leaks' ? 'Remove leaks?' : 'Remove duplicates?'}
      verb="Remove rows"
      isHarmless
      onClose={onClose}
      onConfirm={async () => {
        const { removed, version } = await client.POST('/api/datasets/{id}/problems/remove', {
          params: { path: { id } },
          body: { of, keep: keep || undefined, note: of === 'leaks' ? 'Leaks removed' : 'Duplicates removed' },
        });
        onRemoved(`Version ${version}: ${countOf(removed, 'row')} removed.`);
      }}
    >
      <p>One row of each group stays, the others are not in the next version. Older versions keep them.</p>
      {splits.length < 2 ? null : (
        <SelectField
          title="The row that stays"
          value={keep}
          choices={[
            ['', 'The one that was added first'],
            ...splits.map((split) => [split, `The one in ${split}`] as const),
          ]}
          onChange={setKeep}
        />
      )}
    </Confirm>
  );
}
