import { expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controllers } from '../heddle.module.js';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs');
const pages = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

/** The pages name routes in full or after `…`, and several with `|`, so the last segment that is no parameter is searched. */
const isNamed = (path: string): boolean => {
  const word = path.split('/').findLast((part) => part !== '' && !part.startsWith(':') && part !== '*');
  return word === undefined || new RegExp(`[/|\`]${word.replaceAll('.', '\\.')}(?![\\w-])`).test(pages);
};

/** Routes that only the pages of Heddle request. */
const ofPages = ['share/assets/:file'];

it('names every route somewhere in the pages of the documentation', () => {
  const paths = controllers.flatMap((controller) => {
    const prefix = String(Reflect.getMetadata('path', controller) ?? '');
    return Object.getOwnPropertyNames(controller.prototype).flatMap((key) => {
      const handler: unknown = Reflect.get(controller.prototype as object, key);
      if (key === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler)) return [];
      return [Reflect.getMetadata('path', handler) as string | readonly string[]] // Nest writes this metadata.
        .flat()
        .map((path) => `${prefix}/${path}`.replace(/\/+/g, '/').replace(/^\/|\/$/g, ''));
    });
  });
  expect(paths.length).toBeGreaterThan(150);
  expect([...new Set(paths)].filter((path) => !isNamed(path) && !ofPages.includes(path))).toEqual([]);
});
