import { useKnownMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useLoaded, type Loaded } from '../../data/queries/use-loaded.js';

type Names = readonly (readonly [string, string])[];

/** Users who may not see keys see their ids. */
const noNames = (): Promise<Names> => Promise.resolve([]);

const keyNames = (signal: AbortSignal): Promise<Names> =>
  client.GET('/api/keys', { signal }).then(
    ({ keys }) => keys.map(({ id, name }) => [id, name] as const),
    () => [],
  );

/** Names of the project's keys, by id. */
export function useKeyNames(): Loaded<Names> {
  return useLoaded(useKnownMay('key:manage') === true ? keyNames : noNames);
}
