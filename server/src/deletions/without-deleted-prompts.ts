import { HeddleError, type PromptStore } from '@heddle/core';
import type { Deletions } from './deletions.js';

/** Hides deleted prompts of the library: no list shows them, and no node finds them. */
export function withoutDeletedPrompts(stored: PromptStore, deletions: Pick<Deletions, 'find'>): PromptStore {
  const isSeen = (id: string): boolean => deletions.find('prompt', id) === undefined;
  const requireExisting = (id: string): string => {
    if (isSeen(id)) return id;
    throw new HeddleError('not_found', `There is no prompt '${id}'.`);
  };
  const find: PromptStore['find'] = async (project, name) => {
    const found = await stored.find(project, name);
    return found !== undefined && isSeen(found.id) ? found : undefined;
  };
  return {
    find,
    create: (...given) => stored.create(...given),
    list: async () => (await stored.list()).filter(({ id }) => isSeen(id)),
    get: async (id) => stored.get(requireExisting(id)),
    versions: async (id) => stored.versions(requireExisting(id)),
    version: async (id, version) => stored.version(requireExisting(id), version),
    resolve: async (project, reference) =>
      (await find(project, reference.prompt)) === undefined ? undefined : stored.resolve(project, reference),
    save: async (id, ...given) => stored.save(requireExisting(id), ...given),
    setLabel: async (id, ...given) => stored.setLabel(requireExisting(id), ...given),
    change: (prompt, change) => stored.change(prompt, change),
    delete: (id) => stored.delete(id),
  };
}
