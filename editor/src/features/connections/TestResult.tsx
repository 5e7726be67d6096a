import type { ConnectionTest } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { NotReached } from '../integrations/index.js';

const most = 6;

/** The result of a test: response time and models, or the error and what to do. */
export function TestResult({ test }: { readonly test: ConnectionTest }): ReactElement {
  const { isReachable, ms, models } = test;
  if (!isReachable) return <NotReached test={test} advice="Check the address and the key." />;
  const shown = models.slice(0, most);
  return (
    <div className="test-result">
      {models.length === 0 ? (
        <p className="quiet">The server answered in {formatDuration(ms)} and lists no models.</p>
      ) : (
        <details>
          <summary>
            {models.length === 1 ? '1 model' : `${models.length} models`}:{' '}
            <span className="mono">{shown.join(', ')}</span>
            {models.length > most ? ', …' : ''}
          </summary>
          <ul className="model-names mono">
            {models.map((model) => (
              <li key={model}>{model}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
