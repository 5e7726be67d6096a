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

/** Whom a name means, if it is not an id. An address is one person's, so it comes before the names, which anybody may have. */
export function usersCalled(name: string, users: NamedUsers): ReturnType<NamedUsers['list']> {
  const all = users.list();
  const wanted = name.trim();
  const byAddress = all.filter(({ email }) => email === wanted.toLowerCase());
  return byAddress.length > 0 ? byAddress : all.filter((user) => user.name === wanted);
}

/** What the compiler is told about people who are named: a question to nobody would wait for ever. Nothing where nobody signs in. */
export function personFacts(users: NamedUsers): Required<Pick<CompileFacts, 'personProblem'>> {
  return {
    personProblem(name) {
      if (/^(key|service):/.test(name)) return undefined;
      const all = users.list();
      if (all.length === 0) return undefined;
      const byId = all.filter(({ id }) => name === id || name === `user:${id}`);
      const called = byId.length > 0 ? byId : usersCalled(name, users);
      if (called.length === 1 && called[0]?.isDisabled === true)
        return {
          message: `The account of '${name}' is disabled: only an owner could answer in their place.`,
          fix: 'Name another user, or leave it empty: then anybody answers who may.',
        };
      if (called.length === 1) return undefined;
      return called.length === 0
        ? {
            message: `There is no user '${name}': nobody but the person at the machine could answer.`,
            fix: 'Name a user by email address, or leave it empty: then anybody answers who may.',
          }
        : {
            message: `Several users are called '${name}': none of them could answer.`,
            fix: 'Name one of them by email address.',
          };
    },
  };
}
