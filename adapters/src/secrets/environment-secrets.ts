import { readFile } from 'node:fs/promises';
import { HeddleError } from '@heddle/core';

/** Secrets that are configured where Heddle runs, by name. */
export interface PlainSecrets {
  has(name: string): boolean;
  /** Undefined if there is no such secret. Errors: `secret_unreadable`. */
  read(name: string): Promise<string | undefined>;
  /** The names of the secrets that can be listed. */
  names(): readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'HEDDLE_SECRET_';
const fileEnd = '_FILE';
const mostBytes = 64 * 1024;

/** The environment variable of a secret: `api-key` is `HEDDLE_SECRET_API_KEY`. Names that differ only in punctuation share a variable. */
export function secretVariable(name: string): string {
  return `${prefix}${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/**
 * Reads secrets from the environment: `HEDDLE_SECRET_API_KEY` contains the value of `api-key`, and `HEDDLE_SECRET_API_KEY_FILE` the path of
 * a file with the value, which is read at each use. A variable that ends in `_FILE` is always such a path.
 *
 * @example await createEnvironmentSecrets(process.env).read('api-key')
 */
export function createEnvironmentSecrets(environment: Environment): PlainSecrets {
  const given = (variable: string): string | undefined => {
    const value = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
    return value === '' ? undefined : value;
  };
  const sourceOf = (name: string): { value?: string; file?: string } => {
    const variable = secretVariable(name);
    if (variable.endsWith(fileEnd)) return {};
    const value = given(variable);
    const file = given(`${variable}${fileEnd}`);
    return value !== undefined ? { value } : file !== undefined ? { file } : {};
  };
  return {
    has: (name) => Object.keys(sourceOf(name)).length > 0,
    read: async (name) => {
      const { value, file } = sourceOf(name);
      return file === undefined ? value : readSecretFile(name, file);
    },
    names: () => [
      ...new Set(
        Object.keys(environment)
          .filter((variable) => variable.startsWith(prefix) && given(variable) !== undefined)
          .map((variable) => variable.slice(prefix.length).replace(/_FILE$/, ''))
          .map((name) => name.toLowerCase().replaceAll('_', '-'))
          .filter((name) => /^[a-z]/.test(name)),
      ),
    ],
  };
}

/** Reads a secret from a file, without the final line break that editors and `kubectl` add. Errors: `secret_unreadable`. */
export async function readSecretFile(name: string, file: string): Promise<string> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    throw unreadable(name, 'its file cannot be read', cause);
  }
  const value = content.replace(/\r?\n$/, '');
  if (value === '') throw unreadable(name, 'its file is empty');
  if (Buffer.byteLength(value) > mostBytes) throw unreadable(name, `its file has more than ${mostBytes} bytes`);
  return value;
}

/** The message contains no path and no variable, because users of a workflow must not learn them. */
function unreadable(name: string, why: string, cause?: unknown): HeddleError {
  return new HeddleError('secret_unreadable', `The secret '${name}' cannot be read: ${why}.`, {
    details: { secret: name },
    cause,
  });
}
