import type { CompileFacts } from '@heddle/core';

/** The users that a workflow can name. */
export type NamedUsers = readonly {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly isDisabled?: boolean;
}[];

/** The users with this name. Ids and addresses are unique, so they are tried before display names. */
export function usersCalled(name: string, users: NamedUsers): NamedUsers {
  const wanted = name.trim();
  const own = users.filter(
    ({ id, email }) => wanted === id || wanted === `user:${id}` || wanted.toLowerCase() === email,
  );
  return own.length > 0 ? own : users.filter((user) => user.name === wanted);
}

/**
 * The principal that a name in a workflow means; undefined if none or several match. API keys and service accounts match by id only,
 * because anyone who creates one can choose its name.
 */
export function principalCalled(name: string, users: NamedUsers): string | undefined {
  if (isIdOfOther(name)) return name;
  const [meant, ...others] = usersCalled(name, users);
  return meant === undefined || others.length > 0 ? undefined : `user:${meant.id}`;
}

const isIdOfOther = (name: string): boolean => /^(?:key|service):/.test(name);

/**
 * Tells the compiler about named people, because a question to a person who does not exist would wait for ever. Empty if no one signs in.
 */
export function personFacts(users: NamedUsers): Required<Pick<CompileFacts, 'personProblem'>> {
  return {
    personProblem(name) {
      if (isIdOfOther(name) || users.length === 0) return undefined;
      const called = usersCalled(name, users);
      if (called.length === 1 && called[0]?.isDisabled === true)
        return {
          message: `The account of '${name}' is disabled: only an owner could answer instead.`,
          fix: 'Name another user, or leave it empty: then anyone with the right may answer.',
        };
      if (called.length === 1) return undefined;
      return called.length === 0
        ? {
            message: `There is no user '${name}': only an owner could answer instead.`,
            fix: 'Name a user by email address, or leave it empty: then anyone with the right may answer.',
          }
        : {
            message: `Several users are called '${name}': only an owner could answer for them.`,
            fix: 'Name one of them by email address.',
          };
    },
  };
}
