import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { standardNodes } from '@heddle/nodes';
import { describe, expect, it } from '@jest/globals';
import { root } from './built-program.js';

describe('the icons of the node library', () => {
  it('are all bundled with the editor', () => {
    const source = readFileSync(join(root, 'editor', 'src', 'ui', 'icons', 'NodeIcon.tsx'), 'utf8');
    const [, table = ''] = /byName[^{]*\{([^}]*)\}/.exec(source) ?? [];
    const bundled = new Set([...table.matchAll(/^\s*'?([a-z0-9-]+)'?:/gm)].map(([, name]) => name));
    expect(bundled.size).toBeGreaterThan(40);
    const missing = standardNodes.map(({ icon }) => icon).filter((icon) => icon !== undefined && !bundled.has(icon));
    expect(missing).toEqual([]);
  });

  it('differ between all node types', () => {
    const icons = standardNodes.map(({ type, icon }) => ({ type, icon }));
    expect(icons.filter(({ icon }) => icon === undefined)).toEqual([]);
    const shared = icons.filter(({ type, icon }) => icons.some((other) => other.icon === icon && other.type !== type));
    expect(shared).toEqual([]);
  });
});
