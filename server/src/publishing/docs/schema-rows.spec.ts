import { jsonSchemaOf, Message, Passage } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { html } from './html.js';
import { memberRows, schemaRows } from './schema-rows.js';
import { Schema } from './schema-text.js';

const short = (rows: ReturnType<typeof schemaRows>): string[] =>
  rows.map(({ name, type, isRequired }) => `${name}: ${type}${isRequired ? '' : '?'}`);

describe('a schema as rows', () => {
  it('include nested members, lists, choices and bounds', () => {
    const schema = z.object({
      tone: z.enum(['kind', 'short']),
      parts: z.array(z.object({ text: z.string().max(10), page: z.int().min(1).optional() })),
    });
    const rows = schemaRows('order', jsonSchemaOf(schema), true);
    expect(short(rows)).toEqual([
      'order: object',
      'order.tone: text',
      'order.parts: list of object',
      'order.parts[].text: text',
      'order.parts[].page: whole number?',
    ]);
    expect(rows[1]?.choices).toEqual(['kind', 'short']);
    expect(rows.slice(3).map(({ bounds }) => bounds)).toEqual(['at most 10 characters', 'at least 1']);
  });

  it('name shapes that have a table of their own instead of repeating them', () => {
    expect(short(schemaRows('history', jsonSchemaOf(z.array(Message)), false))).toEqual(['history: list of Message?']);
    const { $defs } = jsonSchemaOf(z.array(Passage));
    const rows = memberRows('', Schema.parse(Schema.parse($defs)['Passage']));
    expect(short(rows)).toEqual(expect.arrayContaining(['id: text', 'scores.dense: number?', 'place: Place?']));
  });

  it('show a member of alternatives once, with all its types', () => {
    const { $defs } = jsonSchemaOf(z.array(Message));
    const rows = short(memberRows('', Schema.parse(Schema.parse($defs)['Message'])));
    expect(rows).toEqual(
      expect.arrayContaining([
        'content: text or list of object',
        'content[].type: "text" or "image" or "file"',
        'content[].text: text?',
        'content[].file: FileRef?',
      ]),
    );
    expect(new Set(rows).size).toBe(rows.length);
  });
});

describe('html', () => {
  it('escapes every value, and keeps nested markup', () => {
    const hostile = `"><script>alert('x')</script>&`;
    expect(html`<p title="${hostile}">${[hostile, 1, undefined, false]}${html`<b>${'<'}</b>`}</p>`.text).toBe(
      `<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;1<b>&lt;</b></p>`,
    );
  });
});
