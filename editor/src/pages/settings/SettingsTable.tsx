import { useMemo, useState, type ReactElement } from 'react';
import { portfolio } from '../../api/portfolio.js';
import { Notice } from '../../frame/Notice.js';
import { useLoaded } from '../home/use-loaded.js';

const sourceWords = { default: 'Default', environment: 'Environment', command: 'Command line' } as const;

/** Every setting with its value, where that comes from, and what it does. */
export function SettingsTable(): ReactElement {
  const { value: settings, error, again } = useLoaded(portfolio.settings);
  const [query, setQuery] = useState('');
  const [isChangedOnly, setChangedOnly] = useState(false);
  const shown = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/);
    return settings?.filter(
      ({ name, help, source, value, default: standard }) =>
        (!isChangedOnly || (source === undefined ? value !== standard : source !== 'default')) &&
        words.every((word) => `${name} ${help}`.toLowerCase().includes(word)),
    );
  }, [settings, query, isChangedOnly]);
  if (shown === undefined)
    return error === undefined ? (
      <p className="quiet">Loading…</p>
    ) : (
      <Notice error={error} action={{ name: 'Try again', run: again }} />
    );
  return (
    <>
      <p className="quiet">
        A setting is an environment variable of the server: change it there, and start Heddle again. Secret values are
        never shown.
      </p>
      <div className="filters">
        <label className="field">
          <span className="visually-hidden">Search settings</span>
          <input type="search" placeholder="Search" value={query} onChange={(event) => setQuery(event.target.value)} />
        </label>
        <div className="panel-switch" role="group" aria-label="Which settings">
          <button type="button" aria-pressed={!isChangedOnly} onClick={() => setChangedOnly(false)}>
            All
          </button>
          <button type="button" aria-pressed={isChangedOnly} onClick={() => setChangedOnly(true)}>
            Changed
          </button>
        </div>
      </div>
      {shown.length === 0 ? (
        <p className="quiet">
          {query === '' && isChangedOnly ? 'Every setting has its default.' : 'No setting fits. Change the search.'}
        </p>
      ) : (
        <ul className="rows setting-rows" aria-label="Settings">
          {shown.map(({ name, value, default: standard, allowed, help, source }) => (
            <li key={name}>
              <div className="setting-name">
                <h3 className="mono">{name}</h3>
                <p>{help}</p>
                <p className="quiet">
                  {allowed}
                  {source === 'default' || standard === '' ? '' : ` · default ${standard}`}
                </p>
              </div>
              <div className="setting-value">
                <span className="mono">{value === '' ? <span className="quiet">not set</span> : value}</span>
                {source === undefined ? null : (
                  <span className="badge" data-source={source}>
                    {sourceWords[source]}
                  </span>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
