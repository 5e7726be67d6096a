import type { CompileFacts } from '@heddle/core';

/** People who can sign in, as far as a question can name them. */
export interface NamedUsers {
  list(): readonly {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly isDisabled?: boolean;
  }[];
}

/** Whom a name means. An id and an address are one person's, so they come before the names, which anybody may have. */
export function usersCalled(name: string, users: NamedUsers): ReturnType<NamedUsers['list']> {
  const all = users.list();
  const wanted = name.trim();
  const own = all.filter(({ id, email }) => wanted === id || wanted === `user:${id}` || wanted.toLowerCase() === email);
  return own.length > 0 ? own : all.filter((user) => user.name === wanted);
}

/**
 * The principal that a name in a workflow means; undefined for nobody, and for several. Keys and services go by their ids alone, as whoever makes
 * one chooses its name.
 */
export function principalCalled(name: string, users: NamedUsers): string | undefined {
  if (isIdOfOther(name)) return name;
  const [meant, ...others] = usersCalled(name, users);
  return meant === undefined || others.length > 0 ? undefined : `user:${meant.id}`;
}

const isIdOfOther = (name: string): boolean => /^(?:key|service):/.test(name);

/** What the compiler is told about people who are named: a question to nobody would wait for ever. Nothing where nobody signs in. */
export function personFacts(users: NamedUsers): Required<Pick<CompileFacts, 'personProblem'>> {
  return {
    personProblem(name) {
      if (isIdOfOther(name) || users.list().length === 0) return undefined;
      const called = usersCalled(name, users);
      if (called.length === 1 && called[0]?.isDisabled === true)
        return {
          message: `The account of '${name}' is disabled: only an owner could answer in their place.`,
          fix: 'Name another user, or leave it empty: then anybody answers who may.',
        };
      if (called.length === 1) return undefined;
      return called.length === 0
        ? {
            message: `There is no user '${name}': only an owner could answer in their place.`,
            fix: 'Name a user by email address, or leave it empty: then anybody answers who may.',
          }
        : {
            message: `Several users are called '${name}': only an owner could answer for them.`,
            fix: 'Name one of them by email address.',
          };
    },
  };
}
