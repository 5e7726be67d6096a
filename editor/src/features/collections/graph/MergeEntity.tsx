import type { GraphEntity } from '@heddle/core';
import { useDeferredValue, useId, useMemo, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { usePages } from '../../../data/queries/use-pages.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { SearchField } from '../../../ui/fields/SearchField.js';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { entityPages } from './entity-pages.js';
import { mentionsText } from './graph-text.js';
import styles from './graph.module.css';

/** Chooses the entity into which this one is merged. */
export function MergeEntity({
  name,
  entity,
  onMerged,
  onClose,
}: {
  readonly name: string;
  readonly entity: Pick<GraphEntity, 'id' | 'name'>;
  /** Called with the id of the entity that now stands for both. */
  readonly onMerged: (into: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const group = useId();
  const [search, setSearch] = useState('');
  const [into, setInto] = useState<string>();
  const query = useDeferredValue(search.trim());
  const filter = useMemo(() => ({ name, query: query || undefined }), [name, query]);
  const pages = usePages(entityPages, filter);
  const others = pages.value?.entities.filter(({ id }) => id !== entity.id);
  const title = visibleText(entity.name);
  return (
    <FormDialog
      title={`Merge ${title}`}
      verb="Merge"
      busyVerb="Merging…"
      isDisabled={into === undefined}
      onSubmit={async () => {
        if (into === undefined) return;
        const params = { path: { name } };
        await client.POST('/api/collections/{name}/graph/merges', { params, body: { entity: entity.id, into } });
        onMerged(into);
      }}
      onClose={onClose}
    >
      <p className="quiet">
        {title} becomes a part of the entity that you choose, also in documents that are imported later. You can
        separate them again.
      </p>
      <SearchField label="Search the other entity" placeholder="Search entities" value={search} onChange={setSearch} />
      <WhenLoaded loaded={{ ...pages, value: others }} empty="No other entity fits.">
        {(entities) => (
          <fieldset className={styles['merge-list']}>
            <legend className="visually-hidden">The other entity</legend>
            {entities.map((one) => (
              <label key={one.id} className={styles['merge-choice']}>
                <input type="radio" name={group} checked={one.id === into} onChange={() => setInto(one.id)} />
                <bdi>{visibleText(one.name)}</bdi>
                <span className="quiet figure">{mentionsText(one)}</span>
              </label>
            ))}
          </fieldset>
        )}
      </WhenLoaded>
    </FormDialog>
  );
}
