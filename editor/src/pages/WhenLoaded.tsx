import type { ReactElement, ReactNode } from 'react';
import { Notice } from '../frame/Notice.js';
import type { Loaded } from './home/use-loaded.js';

/**
 * What the server told, drawn; before that, that it is awaited or why it is not there. What is there stays when reading it again fails.
 *
 * @example <WhenLoaded loaded={keys} empty="No key was made yet.">{(keys) => <KeyList keys={keys} />}</WhenLoaded>
 */
export function WhenLoaded<Value>({
  loaded: { value, error, again },
  words = 'Loading…',
  empty,
  children,
}: {
  readonly loaded: Loaded<Value>;
  readonly words?: string;
  /** Stands in the place of a list without entries. */
  readonly empty?: ReactNode;
  readonly children: (value: Value) => ReactNode;
}): ReactElement {
  const isEmpty = empty !== undefined && Array.isArray(value) && value.length === 0;
  return (
    <>
      {error === undefined ? null : <Notice error={error} action={{ name: 'Try again', run: again }} />}
      {value === undefined ? (
        error === undefined ? (
          <p className="quiet">{words}</p>
        ) : null
      ) : isEmpty ? (
        <div className="section-empty quiet">{empty}</div>
      ) : (
        children(value)
      )}
    </>
  );
}
