import { describe, expect, it } from '@jest/globals';
import { compilePlan, createCatalog, parseDocument, serialiseDocument } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const names = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'workflow.json')));
const read = (name: string): string => readFileSync(path.join(folder, name, 'workflow.json'), 'utf8');

describe('ready workflows', () => {
  it.each(names)('%s is written in the canonical form and has a README', (name) => {
    const text = read(name);
    expect(serialiseDocument(parseDocument(text))).toBe(text);
    expect(existsSync(path.join(folder, name, 'README.md'))).toBe(true);
  });

  it.each(names)('%s has a note with a bold title above its cards, which names only nodes that exist', (name) => {
    const { layout, nodes } = parseDocument(read(name));
    const [note] = layout?.notes ?? [];
    expect(note?.text).toMatch(/^\*\*.+\*\*/);
    const top = Math.min(...Object.values(layout?.nodes ?? {}).map(([, y]) => y));
    expect((note?.at[1] ?? 0) + (note?.size?.[1] ?? 0)).toBeLessThan(top);
    // Every node that the note names in italics exists.
    const titles = new Set(Object.entries(nodes).map(([id, node]) => node.title ?? id));
    for (const [, title = ''] of note?.text.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g) ?? [])
      expect(titles).toContain(title);
  });

  it.each(names.filter((name) => !existsSync(path.join(folder, name, 'package.json'))))(
    '%s compiles without an issue',
    (name) => {
      expect(compilePlan(parseDocument(read(name)), createCatalog(standardNodes)).issues).toEqual([]);
    },
  );
});
