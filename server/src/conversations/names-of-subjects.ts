import type { IdentityStores } from '@heddle/adapters/identity';
import type { ConversationOwner } from '@heddle/core';

/** Names of the subjects of owners that are users, service accounts or keys. */
export function namesOfSubjects(
  { users, keys, projects }: Pick<IdentityStores, 'users' | 'keys' | 'projects'>,
  owners: readonly ConversationOwner[],
): Record<string, string> {
  const wanted = new Set(owners.map(({ subject }) => subject));
  const known: (readonly [string, string])[] = [
    ...users.list().map(({ id, name }) => [`user:${id}`, name] as const),
    ...projects.services().map(({ id, name }) => [`service:${id}`, name] as const),
    ...[...new Set(owners.map(({ project }) => project))].flatMap((project) =>
      keys.list(project).map(({ id, name }) => [`key:${id}`, name] as const),
    ),
  ];
  return Object.fromEntries(known.filter(([subject]) => wanted.has(subject)));
}
