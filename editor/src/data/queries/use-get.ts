import { useCallback } from 'react';
import type { InitOf, ReadPath, ReplyOf } from '@heddle/core/api-client';
import { client } from '../api/client.js';
import { useLoaded, type Loaded } from './use-loaded.js';

/**
 * Loads the reply of an API path, or the part that `select` returns. It reloads after a reconnect and when the parameters change.
 *
 * @example const { value, error } = useGet('/api/workflows', {}, ({ workflows }) => workflows);
 */
export function useGet<Path extends ReadPath, Selected = ReplyOf<Path, 'get'>>(
  path: Path,
  ...given: [...InitOf<Path, 'get'>, select?: (reply: ReplyOf<Path, 'get'>) => Selected]
): Loaded<Selected> {
  const [init, select] = given as unknown as [init?: object, select?: (reply: ReplyOf<Path, 'get'>) => Selected];
  const key = JSON.stringify(init ?? {});
  const load = useCallback(
    // The parsed key equals `init`, but keeps its identity while the parameters stay the same.
    (signal: AbortSignal): Promise<ReplyOf<Path, 'get'>> =>
      client.GET(path, ...([{ ...JSON.parse(key), signal }] as unknown as InitOf<Path, 'get'>)),
    [path, key],
  );
  const { value, ...loaded } = useLoaded(load);
  const selected = value === undefined || select === undefined ? value : select(value);
  return { ...loaded, value: selected as Selected | undefined }; // without `select`, the value is the whole reply
}
