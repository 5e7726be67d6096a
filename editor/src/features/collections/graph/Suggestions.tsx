import type { EntitySuggestion } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { Link } from '../../../ui/navigation/Link.js';
import { entitiesPath } from '../../../ui/navigation/route.js';
import { Notice } from '../../../ui/states/Notice.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { mentionsText } from './graph-text.js';
import styles from './graph.module.css';

const reasons: Readonly<Record<EntitySuggestion['reason'], string>> = {
  letters: 'the same letters',
  initials: 'a passage explains the initials',
  spelling: 'one letter differs',
};

interface SuggestionsProps {
  readonly name: string;
  readonly onMerged: () => void;
}

/** Pairs of entities that may be the same. They load when the section is opened. */
export function Suggestions({ name, onMerged }: SuggestionsProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Possible duplicates</summary>
      {isOpen ? <Found name={name} onMerged={onMerged} /> : null}
    </details>
  );
}

function Found({ name, onMerged }: SuggestionsProps): ReactElement {
  const loaded = useGet('/api/collections/{name}/graph/suggestions', { params: { path: { name } } });
  const action = useAction();
  const params = { path: { name } };
  const merge = ({ one, other }: EntitySuggestion): void =>
    action.run(async () => {
      const body = { entity: other.id, into: one.id };
      await client.POST('/api/collections/{name}/graph/merges', { params, body });
      loaded.again();
      onMerged();
    });
  const keepApart = ({ one, other }: EntitySuggestion): void =>
    action.run(async () => {
      const body = { one: one.id, other: other.id };
      await client.POST('/api/collections/{name}/graph/apart', { params, body });
      loaded.again();
    });
  return (
    <>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <WhenLoaded loaded={{ ...loaded, value: loaded.value?.suggestions }} empty="No possible duplicates were found.">
        {(suggestions) => (
          <ul className="rows">
            {suggestions.map((suggestion) => {
              const { one, other, reason } = suggestion;
              const names = `${visibleText(other.name)} and ${visibleText(one.name)}`;
              return (
                <li key={`${one.id} ${other.id}`} className={styles['merged']}>
                  <span>
                    {[other, one].map((entity, index) => (
                      <span key={entity.id}>
                        {index === 0 ? null : ' and '}
                        <Link
                          href={entitiesPath(name, entity.id)}
                          className="text-link"
                          data-tip={mentionsText(entity)}
                        >
                          <bdi>{visibleText(entity.name)}</bdi>
                        </Link>
                      </span>
                    ))}
                    <span className="quiet"> · {reasons[reason]}</span>
                  </span>
                  <span className="wrapped gap-6">
                    <button
                      type="button"
                      className="button button-small"
                      aria-label={`Merge ${names}`}
                      disabled={action.isBusy}
                      onClick={() => merge(suggestion)}
                    >
                      Merge
                    </button>
                    <button
                      type="button"
                      className="button button-small"
                      aria-label={`${names} are not the same`}
                      disabled={action.isBusy}
                      onClick={() => keepApart(suggestion)}
                    >
                      Not the same
                    </button>
                  </span>
                </li>
              );
            })}
          </ul>
        )}
      </WhenLoaded>
    </>
  );
}
