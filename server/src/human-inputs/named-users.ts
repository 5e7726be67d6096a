import type { CompileFacts } from '@heddle/core';

/** Users that a question can name. */
export type NamedUsers = readonly {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly isDisabled?: boolean;
}[];

/** The user of a name. Ids and addresses are unique, so they are tried before display names. */
export function usersCalled(name: string, users: NamedUsers): NamedUsers {
  const wanted = name.trim();
  const own = users.filter(
    ({ id, email }) => wanted === id || wanted === `user:${id}` || wanted.toLowerCase() === email,
  );
  return own.length > 0 ? own : users.filter((user) => user.name === wanted);
}

/**
 * The principal of a name in a workflow; undefined for no or several matches. Keys and service accounts match by id only, because their
 * maker chooses their name.
 */
export function principalCalled(name: string, users: NamedUsers): string | undefined {
  if (isIdOfOther(name)) return name;
  const [meant, ...others] = usersCalled(name, users);
  return meant === undefined || others.length > 0 ? undefined : `user:${meant.id}`;
}

const isIdOfOther = (name: string): boolean => /^(?:key|service):/.test(name);

/** What the compiler learns about named people: a question to nobody would wait for ever. Empty where nobody signs in. */
export function personFacts(users: NamedUsers): Required<Pick<CompileFacts, 'personProblem'>> {
  return {
    personProblem(name) {
      if (isIdOfOther(name) || users.length === 0) return undefined;
      const called = usersCalled(name, users);
      if (called.length === 1 && called[0]?.isDisabled === true)
        return {
          message: `The account of '${name}' is disabled: only an owner could answer instead.`,
          fix: 'Name another user, or leave it empty: then anybody answers who may.',
        };
      if (called.length === 1) return undefined;
      return called.length === 0
        ? {
            message: `There is no user '${name}': only an owner could answer instead.`,
            fix: 'Name a user by email address, or leave it empty: then anybody answers who may.',
          }
        : {
            message: `Several users are called '${name}': only an owner could answer for them.`,
            fix: 'Name one of them by email address.',
          };
    },
  };
}
