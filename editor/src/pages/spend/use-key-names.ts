import { useKnownMay } from '../../access/me-store.js';
import { access } from '../../api/access.js';
import { useLoaded, type Loaded } from '../home/use-loaded.js';

type Names = readonly (readonly [string, string])[];

/** Who may not see keys sees their ids. */
const noNames = (): Promise<Names> => Promise.resolve([]);

const keyNames = (signal: AbortSignal): Promise<Names> =>
  access.keys(signal).then(
    (keys) => keys.map(({ id, name }) => [id, name] as const),
    () => [],
  );

/** Names of the keys of the project, by id. */
export function useKeyNames(): Loaded<Names> {
  return useLoaded(useKnownMay('key:manage') === true ? keyNames : noNames);
}
