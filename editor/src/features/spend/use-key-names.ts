import { useKnownMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useLoaded, type Loaded } from '../../data/queries/use-loaded.js';

type Names = readonly (readonly [string, string])[];

/** Without names, users who may not see keys see their ids instead. */
const noNames = (): Promise<Names> => Promise.resolve([]);

const keyNames = (signal: AbortSignal): Promise<Names> =>
  client.GET('/api/keys', { signal }).then(
    ({ keys }) => keys.map(({ id, name }) => [id, name] as const),
    () => [],
  );

/** The names of the project's API keys, by id. */
export function useKeyNames(): Loaded<Names> {
  return useLoaded(useKnownMay('key:manage') === true ? keyNames : noNames);
}
