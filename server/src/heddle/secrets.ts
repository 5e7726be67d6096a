import { HeddleError } from '@heddle/core';

/** Reads secrets from the environment: the secret `api-key` is `HEDDLE_SECRET_API_KEY`. Errors: `secret_not_found`. */
export function environmentSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): (name: string) => Promise<string> {
  return (name) => {
    const variable = `HEDDLE_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    const value = environment[variable];
    if (value === undefined || value === '') {
      return Promise.reject(
        new HeddleError('secret_not_found', `The secret '${name}' does not exist: set ${variable}.`, {
          details: { secret: name },
        }),
      );
    }
    return Promise.resolve(value);
  };
}
