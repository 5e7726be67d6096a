import type { GrantKind } from '@heddle/core';
import { integrations } from '../../data/api/integrations.js';
import { toolServers } from '../../data/api/tools.js';
import { useLoaded } from '../../data/queries/use-loaded.js';

/** The display name of an item: its title where one is known, else its id. */
export function useThingTitles(): (kind: GrantKind, id: string) => string {
  const connections = useLoaded(integrations.connections).value;
  const servers = useLoaded(toolServers.servers).value;
  return (kind, id) => {
    const known = kind === 'connection' ? connections : kind === 'tool' ? servers : undefined;
    const title = known?.find((thing) => thing.id === id)?.title;
    return title === undefined || title === '' ? id : title;
  };
}
