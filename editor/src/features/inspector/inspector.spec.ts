import { describe, expect, it } from '@jest/globals';
import type { ModelState } from '@heddle/core';
import { isSameOutline } from './node-outline.js';
import { isRowItem, isSingleItem, listItemText, nameOfOne } from '../../ui/schema-form/list-item-text.js';
import { connectedModels, modelDetail, offeredModels } from '../models/choice/model-options.js';
import { pairsOf, recordOf } from '../../ui/schema-form/pairs.js';
import type { SchemaField } from '../../ui/schema-form/schema-field.js';
import { isLikelySecret, offeredSecrets, secretNames } from './choices/secret-names.js';

const model = (id: string, kind: ModelState['card']['kind'], status: ModelState['status']): ModelState => ({
  card: {
    id,
    title: id,
    kind,
    runtime: 'llama',
    summary: '',
    publisher: '',
    licence: 'Apache-2.0',
    use: '',
    files: [{ role: 'weights', name: 'a', size: 98_000_000, sources: ['file:/a'] }],
    format: 'gguf',
    quantisation: 'Q4_1',
    contextTokens: 8192,
    languages: [],
    limits: [],
    measured: [],
    isStarter: false,
  },
  status,
  bytes: 0,
});

describe('models to choose from', () => {
  it('are those of the wanted kind, with those on this machine first', () => {
    const models = [
      model('far', 'generate', 'absent'),
      model('other', 'embed', 'ready'),
      model('near', 'generate', 'loaded'),
    ];
    expect(offeredModels(models, 'generate').map(({ card }) => card.id)).toEqual(['near', 'far']);
    expect(offeredModels(models, undefined)).toHaveLength(3);
  });

  it('say size, licence, quantisation and context', () => {
    expect(modelDetail(model('a', 'generate', 'ready').card)).toBe('98 MB · Apache-2.0 · Q4_1 · 8,192 tokens');
  });
});

describe('models of connections', () => {
  const connection = {
    id: 'house',
    title: 'Our server',
    isLocal: true,
    models: [
      { name: 'writer/large', kind: 'generate' as const, contextTokens: 32_000, supports: {} },
      { name: 'vectors', kind: 'embed' as const, dimensions: 768, supports: {} },
    ],
  };

  it('are named connection/model, and only those of the wanted kind are offered', () => {
    expect(connectedModels([connection], 'generate')).toEqual([
      {
        value: 'house/writer/large',
        title: 'house/writer/large',
        detail: 'Our server · 32,000 tokens',
        mark: 'In this network',
      },
    ]);
    expect(connectedModels([{ ...connection, isLocal: false }], 'embed')[0]).toMatchObject({
      detail: 'Our server · 768 dimensions',
      mark: 'Remote',
    });
  });
});

describe('secrets', () => {
  it('are offered, first those that are set, then those that the workflow names', () => {
    const nodes = {
      a: { type: 'http', version: 1, config: { auth: { secret: 'weather' }, more: { secret: 'mail' } } },
    };
    expect(offeredSecrets(['mail'], nodes).map(({ value, detail }) => [value, detail])).toEqual([
      ['mail', 'set for this project'],
      ['weather', 'used in this workflow, not set for this project'],
    ]);
    expect(offeredSecrets(undefined, nodes).map(({ value }) => value)).toEqual(['mail', 'weather']);
  });

  it('are found by the names that nodes use', () => {
    const node = (config: Record<string, unknown>) => ({ type: 'http', version: 1, config });
    expect(
      secretNames({
        a: node({ auth: { secret: 'weather' } }),
        b: node({ list: [{ secret: 'mail' }, { secret: '' }] }),
      }),
    ).toEqual(['mail', 'weather']);
  });

  it('are distinguished from names of secrets', () => {
    for (const secret of [
      'sk-abc123',
      'eyJhbGciOiJIUzI1NiJ9.x',
      'ghp_x1',
      'Ab3dEf6hIj9kLm2nOp5qRs8t',
      '0123456789abcdef0123456789abcdef',
    ])
      expect(isLikelySecret(secret)).toBe(true);
    for (const name of ['weather-key', 'OPENAI_KEY', 'my_secret_of_the_weather_service'])
      expect(isLikelySecret(name)).toBe(false);
  });
});

describe('lists and keys', () => {
  const base = { help: undefined, widget: undefined, modelKind: undefined, isRequired: true, standard: undefined };
  const text = (name: string, isLong = false): SchemaField => ({
    ...base,
    name,
    title: name,
    kind: 'text',
    isLong,
    maxLength: undefined,
  });
  const record = (...fields: SchemaField[]): SchemaField => ({ ...base, name: '', title: '', kind: 'record', fields });

  it('puts small items in a row, and larger ones in a box of their own', () => {
    expect(isRowItem(record(text('name'), text('value')))).toBe(true);
    expect(isRowItem(record(text('name'), text('value', true)))).toBe(false);
    expect(isRowItem(record(text('a'), text('b'), text('c'), text('d')))).toBe(false);
    expect(isRowItem(text('a'))).toBe(false);
    expect([text('a'), text('a', true), record(text('a'), text('b'))].map(isSingleItem)).toEqual([true, false, false]);
  });

  it('names an item by the singular of its list, if the title is a plain plural', () => {
    const titles = ['Word lists', 'Cases', 'Take out', 'Words or phrases', 'Numbers of your own'];
    expect(titles.map(nameOfOne)).toEqual(['word list', 'case', 'item', 'item', 'item']);
    const others = ['Libraries', 'Mailboxes', 'Branches', 'Addresses'];
    expect(others.map(nameOfOne)).toEqual(['library', 'mailbox', 'branch', 'address']);
  });

  it('summarises a closed item', () => {
    expect(
      listItemText(record(text('name'), text('type'), text('help')), { name: 'question', type: 'Text', help: '' }),
    ).toBe('question · Text');
    expect(listItemText(text(''), 'plain')).toBe('plain');
  });

  it('keeps a row that has no key yet out of the object', () => {
    expect(
      recordOf([
        { key: 'a', text: '1' },
        { key: '', text: 'x' },
        { key: 'a', text: '2' },
      ]),
    ).toEqual({ a: '1' });
    expect(pairsOf({ a: '1', b: 2 })).toEqual([
      { key: 'a', text: '1' },
      { key: 'b', text: '2' },
    ]);
  });
});

describe('the outline of nodes', () => {
  const node = (config: Record<string, unknown>, title?: string) => ({
    type: 'prompt',
    version: 1,
    config,
    ...(title === undefined ? {} : { title }),
  });

  it('stays the same while only settings change', () => {
    expect(isSameOutline({ a: node({ x: 1 }) }, { a: node({ x: 2 }) })).toBe(true);
    expect(isSameOutline({ a: node({}) }, { a: node({}, 'New') })).toBe(false);
    expect(isSameOutline({ a: node({}) }, { b: node({}) })).toBe(false);
    expect(isSameOutline({ a: node({}) }, {})).toBe(false);
  });
});
