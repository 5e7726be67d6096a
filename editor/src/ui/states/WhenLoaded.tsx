import type { ReactElement, ReactNode } from 'react';
import { Notice } from './Notice.js';
import type { Loaded } from '../../data/queries/use-loaded.js';

/**
 * Renders loaded data; before that, the loading state or the error. Loaded data stays if a reload fails.
 *
 * @example <WhenLoaded loaded={keys} empty="No API keys yet.">{(keys) => <KeyList keys={keys} />}</WhenLoaded>
 */
export function WhenLoaded<Value>({
  loaded: { value, error, again },
  text = 'Loading…',
  empty,
  children,
}: {
  readonly loaded: Loaded<Value>;
  readonly text?: string;
  readonly empty?: ReactNode;
  readonly children: (value: Value) => ReactNode;
}): ReactElement {
  const isEmpty = empty !== undefined && Array.isArray(value) && value.length === 0;
  return (
    <>
      {error === undefined ? null : <Notice error={error} action={{ name: 'Retry', run: again }} />}
      {value === undefined ? (
        error === undefined ? (
          <p className="quiet">{text}</p>
        ) : null
      ) : isEmpty ? (
        <div className="section-empty quiet">{empty}</div>
      ) : (
        children(value)
      )}
    </>
  );
}
