import { isPlainObject } from '@heddle/core';
import { readFile, stat } from 'node:fs/promises';
import { plainValue } from './plain-value.js';
import { tableLimits } from './table-limits.js';

/** A file whose aliases expand to more than this is treated as an attack. */
const mostAliases = 100;

/** The value of a YAML file with one document. Throws if the file is not YAML, is too large, or grows too large. */
export async function yamlValue(file: string): Promise<unknown> {
  if ((await stat(file)).size > tableLimits.yamlBytes)
    throw new TypeError('It is larger than 20 MB: write the rows as JSON lines.');
  const { parse } = await import('yaml');
  const value: unknown = parse(await readFile(file, 'utf8'), {
    maxAliasCount: mostAliases,
    schema: 'core',
    logLevel: 'error',
  });
  return plainValue(value);
}

/** The tests of promptfoo: a list, or a configuration with `tests` and `defaultTest`. */
export function promptfooTests(value: unknown): readonly Record<string, unknown>[] {
  const isConfig = isPlainObject(value);
  const given = isConfig ? value['tests'] : value;
  if (typeof given === 'string') throw new TypeError(`Its tests are in another file: import '${given.slice(0, 200)}'.`);
  if (!Array.isArray(given)) throw new TypeError('It has no list of `tests`.');
  const tests: readonly unknown[] = given;
  const base = isConfig && isPlainObject(value['defaultTest']) ? value['defaultTest'] : {};
  return tests.map((test, index) => {
    if (typeof test === 'string')
      throw new TypeError(`Test ${index + 1} is in another file: import '${test.slice(0, 200)}'.`);
    if (!isPlainObject(test)) throw new TypeError(`Test ${index + 1} is not an object.`);
    return {
      ...test,
      vars: { ...objectOf(base['vars']), ...objectOf(test['vars']) },
      assert: [...listOf(test['assert']), ...listOf(base['assert'])],
    };
  });
}

/** An eval of the OpenAI Evals registry, and the file with its samples. */
interface RegisteredEval {
  readonly name: string;
  readonly class: string;
  readonly samples: string;
}

export function registeredEvals(value: unknown): readonly RegisteredEval[] {
  const found = Object.entries(objectOf(value)).flatMap(([name, about]) => {
    const { class: kind, args } = objectOf(about);
    const { samples_jsonl: samples } = objectOf(args);
    return typeof kind === 'string' && typeof samples === 'string' ? [{ name, class: kind, samples }] : [];
  });
  if (found.length === 0) throw new TypeError('It names no eval with `samples_jsonl`.');
  return found;
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (isPlainObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
