import { expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, 'editor/src/ui/icons', file), 'utf8');

it('has a rule and a file for the logo of each known maker, and no other rule', () => {
  const makers = [...read('makers.ts').matchAll(/^ {2}\[\/.*\/, '(.+)'\],$/gm)].map(([, name = '']) =>
    name.toLowerCase().replace(' ', ''),
  );
  const rules = [
    ...read('maker-logos.css').matchAll(/\[data-logo='([a-z]+)'\] \{\s*mask-image: url\('([^']+)'\)/g),
  ].map(([, logo = '', file = '']) => ({ logo, isThere: existsSync(join(root, 'node_modules', file)) }));
  expect(makers.length).toBeGreaterThan(15);
  expect(rules).toEqual([...makers].sort().map((logo) => ({ logo, isThere: true })));
});
