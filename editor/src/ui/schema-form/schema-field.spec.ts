import { describe, expect, it } from '@jest/globals';
import { jsonSchemaOf } from '@heddle/core';
import { z } from 'zod';
import { emptyValue, isInUse, schemaFields } from './schema-field.js';
import { issuesAt } from './field-props.js';

const Level = z.enum(['public', 'internal']).meta({ id: 'TestLevel' });
const config = jsonSchemaOf(
  z.object({
    model: z.string().min(1).default('small').meta({ title: 'Model', widget: 'model' }),
    template: z.string().meta({ widget: 'template' }),
    share: z.number().min(0).max(1).optional(),
    mode: z
      .enum(['fast', 'slow'])
      .default('fast')
      .meta({ labels: { fast: 'Fast' } }),
    isOn: z.boolean().default(false),
    level: Level.optional(),
    fields: z.array(z.object({ name: z.string(), required: z.boolean().default(true), note: z.string().optional() })),
    anything: z.unknown(),
    shape: z.record(z.string(), z.unknown()).optional(),
    headers: z.record(z.string(), z.string()).default({ a: 'b' }),
    body: z.unknown().meta({ widget: 'json-template' }),
    url: z.string().meta({ widget: 'template', rows: 1 }),
    embedder: z.string().meta({ widget: 'model', modelKind: 'embed' }),
  }),
);

describe('schemaFields', () => {
  const fields = schemaFields(config);

  it('reads every setting of a schema in order, and takes those that it cannot draw as JSON', () => {
    expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'model text',
      'template text',
      'share number',
      'mode choice',
      'isOn boolean',
      'level choice',
      'fields list',
      'anything json',
      'shape json',
      'headers pairs',
      'body json',
      'url text',
      'embedder text',
    ]);
  });

  it('keeps titles, widgets, bounds, defaults and labels', () => {
    expect(fields[0]).toMatchObject({ title: 'Model', widget: 'model', standard: 'small' });
    expect(fields[1]).toMatchObject({ isLong: true, isRequired: true });
    expect(fields[2]).toMatchObject({ least: 0, most: 1, isWhole: false });
    expect(fields[3]).toMatchObject({
      options: [
        { value: 'fast', label: 'Fast' },
        { value: 'slow', label: 'slow' },
      ],
    });
    expect(fields[5]).toMatchObject({
      options: [
        { value: 'public', label: 'public' },
        { value: 'internal', label: 'internal' },
      ],
    });
  });

  it('keeps what its widgets need: kind of model, one line, templates in JSON', () => {
    const by = Object.fromEntries(fields.map((field) => [field.name, field]));
    expect(by['embedder']).toMatchObject({ widget: 'model', modelKind: 'embed' });
    expect(by['url']).toMatchObject({ isLong: false, widget: 'template' });
    expect(by['body']).toMatchObject({ kind: 'json', isTemplate: true });
    expect(by['shape']).toMatchObject({ kind: 'json', isTemplate: false });
  });

  it('creates a new item with required settings and defaults only', () => {
    const list = fields.find((field) => field.kind === 'list');
    expect(list?.kind === 'list' ? emptyValue(list.item) : undefined).toEqual({ name: '', required: true });
  });

  it('shows an issue beside the innermost field that can show it', () => {
    const issue = {
      code: 'config-invalid' as const,
      severity: 'error' as const,
      node: 'a',
      field: 'fields.0.name',
      message: 'x',
    };
    expect(issuesAt([issue], 'fields', false)).toEqual([]);
    expect(issuesAt([issue], 'fields.0.name', true)).toEqual([issue]);
    expect(issuesAt([{ ...issue, field: 'shape.a.b' }], 'shape', true)).toHaveLength(1);
  });

  it('hides a setting that does not apply beside the others', () => {
    const [entry] = schemaFields({
      properties: {
        tool: {
          type: 'object',
          properties: {
            use: { type: 'string', default: 'time' },
            server: { type: 'string', onlyFor: { use: ['mcp'] } },
          },
        },
      },
    });
    const fields = entry?.kind === 'record' ? entry.fields : [];
    const shown = (record: Record<string, unknown>): string[] =>
      fields.filter((field) => isInUse(field, record, fields)).map(({ name }) => name);
    expect([shown({}), shown({ use: 'mcp' }), shown({ use: 'code' })]).toEqual([['use'], ['use', 'server'], ['use']]);
  });
});
