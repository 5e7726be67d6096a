import type { IdentityStores } from '@heddle/adapters/identity';
import type { ConversationOwner } from '@heddle/core';

/** The names of owners' subjects that are users, service accounts or API keys. */
export async function namesOfSubjects(
  { users, keys, projects }: Pick<IdentityStores, 'users' | 'keys' | 'projects'>,
  owners: readonly ConversationOwner[],
): Promise<Record<string, string>> {
  const wanted = new Set(owners.map(({ subject }) => subject));
  const known: (readonly [string, string])[] = [
    ...(await users.list()).map(({ id, name }) => [`user:${id}`, name] as const),
    ...(await projects.services()).map(({ id, name }) => [`service:${id}`, name] as const),
    ...(await Promise.all([...new Set(owners.map(({ project }) => project))].map((project) => keys.list(project))))
      .flat()
      .map(({ id, name }) => [`key:${id}`, name] as const),
  ];
  return Object.fromEntries(known.filter(([subject]) => wanted.has(subject)));
}
