import { useCallback, useMemo } from 'react';
import { useGet } from './use-get.js';

/** The workflows of the project, for lists and tables. */
export interface KnownWorkflows {
  /** Ids with names; workflows with the same name also show their slugs. */
  readonly choices: readonly (readonly [id: string, name: string])[];
  /** Returns the name of a workflow, or its id if it was deleted or is unknown. */
  readonly nameOf: (id: string) => string;
  /** Whether the project has no workflows; false while loading. */
  readonly isEmpty: boolean;
}

/** Loads the workflows of the project, for their names. */
export function useWorkflows(): KnownWorkflows {
  const { value: workflows } = useGet('/api/workflows', {}, ({ workflows }) => workflows);
  const choices = useMemo(
    () =>
      (workflows ?? []).map(({ id, slug, name }, _index, all) => {
        const isShared = all.some((other) => other.id !== id && other.name === name);
        return [id, isShared ? `${name} (${slug})` : name] as const;
      }),
    [workflows],
  );
  const nameOf = useCallback((id: string) => workflows?.find((known) => known.id === id)?.name ?? id, [workflows]);
  return { choices, nameOf, isEmpty: workflows?.length === 0 };
}
