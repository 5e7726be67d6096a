import { HeddleError } from '@heddle/core';

/** The limit of the parser for expanded aliases, against files that grow without end. */
const mostAliases = 100;

/** Reads YAML, or JSON, which is YAML too. Errors: `usage` with the line. */
export async function readYaml(text: string, file: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text, { maxAliasCount: mostAliases, prettyErrors: true });
    return value;
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new HeddleError('usage', `'${file}' cannot be read: ${reason}`, { cause });
  }
}
