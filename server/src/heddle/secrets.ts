import { connectionSecret, HeddleError, type SecretVault } from '@heddle/core';

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variable of a secret: `api-key` is `HEDDLE_SECRET_API_KEY`. */
function secretVariable(name: string): string {
  return `HEDDLE_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** A secret of the environment; undefined where it is not set. */
export function environmentSecret(environment: Environment, name: string): string | undefined {
  const value = environment[secretVariable(name)];
  return value === '' ? undefined : value;
}

/**
 * What nodes get for `context.secret`: secrets of the vault, beside them those of the environment. Keys of connections are not
 * among them: a workflow could send them anywhere. Errors: `secret_not_found`, `secret_unreadable`.
 */
export function nodeSecrets(vault: SecretVault, environment: Environment): (name: string) => Promise<string> {
  return async (name) => {
    // Names that differ only in signs share a variable, so the variable is what must not be a connection's.
    if (secretVariable(name).startsWith(secretVariable(connectionSecret('')))) throw notFound(name);
    try {
      return await vault.get(name);
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'secret_not_found') throw error;
    }
    const value = environmentSecret(environment, name);
    if (value === undefined) throw notFound(name);
    return value;
  };
}

function notFound(name: string): HeddleError {
  return new HeddleError(
    'secret_not_found',
    `The secret '${name}' does not exist: store it with PUT /api/secrets/${name}, or set ${secretVariable(name)}.`,
    { details: { secret: name } },
  );
}
