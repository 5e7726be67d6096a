import type { IdentityStores } from '@heddle/adapters/identity';

/**
 * The names of people by their ids in records. An id is that of a principal, or that of an API key or share link followed by a space and a
 * subject.
 *
 * @example namesOfPeople(identity, 'default', ['user:a', 'key:k end-user:ada']) // { 'user:a': 'Ann', 'key:k end-user:ada': 'ada' }
 */
export async function namesOfPeople(
  { users, keys, projects }: Pick<IdentityStores, 'users' | 'keys' | 'projects'>,
  project: string,
  people: readonly string[],
): Promise<Record<string, string>> {
  if (people.length === 0) return {};
  const known = new Map<string, string>([
    ['local', 'This machine'],
    ...(await users.list()).map(({ id, name }) => [`user:${id}`, name] as const),
    ...(await projects.services()).map(({ id, name }) => [`service:${id}`, name] as const),
    ...(await keys.list(project)).map(({ id, name }) => [`key:${id}`, name] as const),
  ]);
  const nameOf = (who: string): string | undefined => {
    const subject = who.includes(' ') ? who.slice(who.indexOf(' ') + 1) : who;
    if (subject.startsWith('end-user:')) return subject.slice('end-user:'.length);
    if (subject.startsWith('visitor:')) return 'Somebody on a share page';
    if (subject.startsWith('removed:')) return 'Somebody';
    return known.get(subject);
  };
  return Object.fromEntries(
    [...new Set(people)].flatMap((who) => {
      const name = nameOf(who);
      return name === undefined ? [] : [[who, name] as const];
    }),
  );
}
