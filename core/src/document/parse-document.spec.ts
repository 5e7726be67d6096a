import { describe, expect, it } from '@jest/globals';
import { migrateDocument } from './migrate-document.js';
import { parseDocument } from './parse-document.js';
import { serialiseDocument } from './serialise-document.js';

const sound = {
  heddle: 2,
  name: 'Ask',
  nodes: {
    b: { type: 'output', version: 1, config: { z: 1, a: { d: 1, c: 2 } } },
    a: { type: 'input', version: 1, config: {} },
  },
  edges: [
    { from: 'a.text', to: 'b.text' },
    { to: 'b.more', from: 'a.text', loop: { max: 2, atLimit: 'leave' } },
  ],
  layout: { nodes: { b: [1, 2], a: [0, 0] }, notes: [], groups: [] },
};

const codeOf = (input: unknown): string => {
  try {
    parseDocument(input);
    return 'none';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'other';
  }
};

describe('parseDocument', () => {
  it('reads text and values alike', () => {
    expect(parseDocument(JSON.stringify(sound))).toEqual(parseDocument(sound));
    expect(parseDocument(`\uFEFF${JSON.stringify(sound)}`)).toEqual(parseDocument(sound));
  });

  it('gives the object with user-chosen names no prototype', () => {
    const document = parseDocument(sound);
    expect(Object.getPrototypeOf(document.nodes)).toBeNull();
    expect('toString' in document.nodes).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses %s as the name of a node or a setting', (name) => {
    expect(codeOf(`{"heddle":1,"name":"x","nodes":{"${name}":{"type":"input","version":1}},"edges":[]}`)).toBe(
      'forbidden_name',
    );
    expect(
      codeOf(
        `{"heddle":1,"name":"x","nodes":{"a":{"type":"input","version":1,"config":{"deep":[{"${name}":1}]}}},"edges":[]}`,
      ),
    ).toBe('forbidden_name');
  });

  it.each([
    ['not json', '{', 'document_unreadable'],
    ['a list', [], 'document_unreadable'],
    ['no version', { name: 'x', nodes: {}, edges: [] }, 'document_version'],
    ['a newer version', { ...sound, heddle: 99 }, 'document_version'],
    ['an unknown key', { ...sound, extra: 1 }, 'document_unreadable'],
    ['edges of a wrong type', { ...sound, edges: 'none' }, 'document_unreadable'],
  ])('refuses %s', (_what, input, code) => {
    expect(codeOf(input)).toBe(code);
  });

  it('reads a config with 5,000 nested lists', () => {
    const deep = `{"heddle":1,"name":"x","nodes":{"a":{"type":"t","version":1,"config":{"v":${'['.repeat(5000)}${']'.repeat(5000)}}}},"edges":[]}`;
    expect(codeOf(deep)).toBe('none');
  });
});

describe('migrateDocument', () => {
  it('applies one step for each version and does not change the original', () => {
    const old = { heddle: 1, title: 'Old' };
    const steps = { 1: (document: Readonly<Record<string, unknown>>) => ({ ...document, name: document['title'] }) };
    expect(migrateDocument(old, steps, 2)).toEqual({ heddle: 2, title: 'Old', name: 'Old' });
    expect(old).toEqual({ heddle: 1, title: 'Old' });
  });
});

describe('serialiseDocument', () => {
  it('gives the same bytes whatever order the keys had', () => {
    const shuffled = {
      edges: sound.edges,
      layout: { groups: [], notes: [], nodes: { a: [0, 0], b: [1, 2] } },
      nodes: { a: sound.nodes.a, b: { config: { a: { c: 2, d: 1 }, z: 1 }, version: 1, type: 'output' } },
      name: 'Ask',
      heddle: 2,
    };
    expect(serialiseDocument(parseDocument(shuffled))).toBe(serialiseDocument(parseDocument(sound)));
  });

  it('writes each edge on its own line, and the text is read back as the same document', () => {
    const text = serialiseDocument(parseDocument(sound));
    expect(text).toContain('\n    { "from": "a.text", "to": "b.text" },\n');
    expect(parseDocument(text)).toEqual(parseDocument(sound));
    expect(serialiseDocument(parseDocument(text))).toBe(text);
  });
});
