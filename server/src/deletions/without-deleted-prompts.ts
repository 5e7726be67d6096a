import { HeddleError, type PromptStore } from '@heddle/core';
import type { Deletions } from './deletions.js';

/** The library of prompts without deleted ones: no list shows them, and no node finds them. */
export function withoutDeletedPrompts(stored: PromptStore, deletions: Pick<Deletions, 'find'>): PromptStore {
  const isSeen = (id: string): boolean => deletions.find('prompt', id) === undefined;
  const seen = (id: string): string => {
    if (isSeen(id)) return id;
    throw new HeddleError('not_found', `There is no prompt '${id}'.`);
  };
  const find: PromptStore['find'] = (project, name) => {
    const found = stored.find(project, name);
    return found !== undefined && isSeen(found.id) ? found : undefined;
  };
  return {
    find,
    create: (...given) => stored.create(...given),
    list: () => stored.list().filter(({ id }) => isSeen(id)),
    get: (id) => stored.get(seen(id)),
    versions: (id) => stored.versions(seen(id)),
    version: (id, version) => stored.version(seen(id), version),
    resolve: (project, reference) =>
      find(project, reference.prompt) === undefined ? undefined : stored.resolve(project, reference),
    save: (id, ...given) => stored.save(seen(id), ...given),
    setLabel: (id, ...given) => stored.setLabel(seen(id), ...given),
    change: (id, change) => stored.change(seen(id), change),
    delete: (id) => stored.delete(id),
  };
}
