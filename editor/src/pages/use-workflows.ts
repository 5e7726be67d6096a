import { useCallback, useMemo } from 'react';
import { api } from '../api/api.js';
import { useLoaded } from './home/use-loaded.js';

/** The workflows of the project, as lists and tables name them. */
export interface KnownWorkflows {
  /** Ids with names; workflows of one name also show their short names. */
  readonly choices: readonly (readonly [id: string, name: string])[];
  /** The name of a workflow; its id where it is gone or not known. */
  readonly nameOf: (id: string) => string;
}

/** Reads the workflows of the project, for their names. */
export function useWorkflows(): KnownWorkflows {
  const { value: workflows } = useLoaded(api.workflows);
  const choices = useMemo(
    () =>
      (workflows ?? []).map(({ id, slug, name }, _index, all) => {
        const isShared = all.some((other) => other.id !== id && other.name === name);
        return [id, isShared ? `${name} (${slug})` : name] as const;
      }),
    [workflows],
  );
  const nameOf = useCallback((id: string) => workflows?.find((known) => known.id === id)?.name ?? id, [workflows]);
  return { choices, nameOf };
}
