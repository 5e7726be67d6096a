import type { ReactElement } from 'react';
import type { ApiError } from '../../data/http/http.js';
import { Notice } from './Notice.js';

/** Says why a change was not saved. If somebody else saved another change meanwhile, a button loads that change. */
export function ChangeRefused({
  error,
  again,
}: {
  readonly error: ApiError;
  /** Loads the stored state. */
  readonly again: () => void;
}): ReactElement {
  const load = { name: 'Load what is stored', run: again };
  return <Notice error={error} {...(error.code === 'conflict' ? { action: load } : {})} />;
}
