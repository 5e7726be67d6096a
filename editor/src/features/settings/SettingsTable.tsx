import clsx from 'clsx';
import { useMemo, useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { SearchField } from '../../ui/fields/SearchField.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import styles from './settings.module.css';

const sourceText = { default: 'Default', environment: 'Environment', command: 'Command line' } as const;

const which = [
  [false, 'All'],
  [true, 'Changed'],
] as const;

/** All settings of the server, each with its value, its source and a description. */
export function SettingsTable(): ReactElement {
  const loaded = useGet('/api/settings', {}, ({ settings }) => settings);
  const settings = loaded.value;
  const [query, setQuery] = useState('');
  const [isChangedOnly, setChangedOnly] = useState(false);
  const shown = useMemo(() => {
    const terms = query.toLowerCase().split(/\s+/);
    return settings?.filter(
      ({ name, help, source, value, default: standard }) =>
        (!isChangedOnly || (source === undefined ? value !== standard : source !== 'default')) &&
        terms.every((word) => `${name} ${help}`.toLowerCase().includes(word)),
    );
  }, [settings, query, isChangedOnly]);
  return (
    <WhenLoaded loaded={{ ...loaded, value: shown }}>
      {(list) => (
        <>
          <p className="quiet">
            Settings are environment variables of the server: change them there, then restart Heddle. Secret values are
            never shown.
          </p>
          <div className="filters">
            <SearchField label="Search settings" value={query} onChange={setQuery} />
            <SegmentedControl label="Show" choices={which} value={isChangedOnly} onChange={setChangedOnly} />
          </div>
          {list.length === 0 ? (
            <p className="quiet">
              {query === '' && isChangedOnly
                ? 'All settings have their default values.'
                : 'No setting matches. Change the search.'}
            </p>
          ) : (
            <ul className={clsx('rows', styles['setting-rows'])} aria-label="Settings">
              {list.map(({ name, value, default: standard, allowed, help, source }) => (
                <li key={name}>
                  <div className={styles['setting-name']}>
                    <h3 className="mono">{name}</h3>
                    <p>{help}</p>
                    <p className="quiet">
                      {allowed}
                      {source === 'default' || standard === '' ? '' : ` · default ${standard}`}
                    </p>
                  </div>
                  <div className={clsx(styles['setting-value'], 'wrapped')}>
                    <span className="mono">{value === '' ? <span className="quiet">not set</span> : value}</span>
                    {source === undefined ? null : (
                      <span className="badge" data-source={source}>
                        {sourceText[source]}
                      </span>
                    )}
                  </div>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </WhenLoaded>
  );
}
