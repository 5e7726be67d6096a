import type { ReactElement } from 'react';
import type { ApiError } from '../../data/http/http.js';
import { Notice } from './Notice.js';

/** Why a change was not saved; where somebody else saved another one meanwhile, with a button that loads theirs. */
export function ChangeRefused({
  error,
  again,
}: {
  readonly error: ApiError;
  /** Loads what is stored. */
  readonly again: () => void;
}): ReactElement {
  const load = { name: 'Load what is stored', run: again };
  return <Notice error={error} {...(error.code === 'conflict' ? { action: load } : {})} />;
}
