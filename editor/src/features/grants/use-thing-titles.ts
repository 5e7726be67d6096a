import type { GrantKind } from '@heddle/core';
import { useGet } from '../../data/queries/use-get.js';

/** Returns a function for the display name of an item: its title if it is known, otherwise its id. */
export function useThingTitles(): (kind: GrantKind, id: string) => string {
  const connections = useGet('/api/connections', {}, ({ connections }) => connections).value;
  const servers = useGet('/api/tools/servers', {}, ({ servers }) => servers).value;
  return (kind, id) => {
    const known = kind === 'connection' ? connections : kind === 'tool' ? servers : undefined;
    const title = known?.find((thing) => thing.id === id)?.title;
    return title === undefined || title === '' ? id : title;
  };
}
