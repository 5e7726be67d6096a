import { describe, expect, it } from '@jest/globals';
import type { RawTool } from '@heddle/core';
import { argumentHeaders, problemOfHeaders } from './argument-headers.js';

const tool = (properties: Record<string, unknown>, more: Record<string, unknown> = {}): RawTool => ({
  name: 'find',
  inputSchema: { type: 'object', properties, ...more },
});
const text = (header: unknown) => ({ type: 'string', 'x-mcp-header': header });

describe('arguments in headers', () => {
  const definition = tool({
    region: text('Region'),
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    loud: { type: 'boolean', 'x-mcp-header': 'Loud' },
    query: { type: 'string' },
    inside: { type: 'object', properties: { deep: text('Deep') } },
  });

  it('are copied when the definition names a header, at any depth, and nowhere else', () => {
    const args = { region: 'us west 1', count: 42, loud: false, query: 'SELECT 1', inside: { deep: 'x' } };
    expect(argumentHeaders(definition, args)).toEqual({
      'Mcp-Param-Region': 'us west 1',
      'Mcp-Param-Count': '42',
      'Mcp-Param-Loud': 'false',
      'Mcp-Param-Deep': 'x',
    });
    expect(argumentHeaders(tool({ query: { type: 'string' } }), args)).toEqual({});
  });

  it('are left out when the argument is missing, null, or of another kind', () => {
    expect(argumentHeaders(definition, {})).toEqual({});
    expect(argumentHeaders(definition, { region: null, count: 2 ** 60, inside: 'deep' })).toEqual({});
    expect(argumentHeaders(definition, { region: { a: 1 }, loud: ['true'] })).toEqual({});
  });

  it.each(['', ' padded', 'padded ', 'Grüße', 'a\r\nX-Evil: 1', '\ttab', '=?base64?eA==?=', '\u0000'])(
    'are Base64 when a header cannot contain %j',
    (region) => {
      const { 'Mcp-Param-Region': sent = '' } = argumentHeaders(definition, { region });
      expect(sent).toMatch(/^=\?base64\?[A-Za-z0-9+/]*={0,2}\?=$/);
      expect(Buffer.from(sent.slice(9, -2), 'base64').toString()).toBe(region);
    },
  );

  it.each([
    ['an empty name', tool({ a: text('') })],
    ['a name with a space', tool({ a: text('My Region') })],
    ['a name with a line end', tool({ a: text('A\r\nX-Evil') })],
    ['a name that is no text', tool({ a: text(7) })],
    ['a name in two cases', tool({ a: text('Region'), b: text('region') })],
    ['a number', tool({ a: { type: 'number', 'x-mcp-header': 'A' } })],
    ['an object', tool({ a: { type: 'object', 'x-mcp-header': 'A' } })],
    ['items of a list', tool({ a: { type: 'array', items: text('A') } })],
    ['a choice', tool({ a: { anyOf: [text('A')] } })],
    ['a definition to refer to', tool({}, { $defs: { a: text('A') } })],
    ['a property inside of a list', tool({ a: { type: 'array', items: { properties: { b: text('B') } } } })],
    ['all arguments', tool({}, { 'x-mcp-header': 'All' })],
  ])('refuse a definition with a header for %s', (_, raw) => {
    expect(problemOfHeaders(raw)).toContain('x-mcp-header');
    expect(argumentHeaders(raw, { a: 'a', b: 'b' })).toEqual({});
  });

  it('treat a property and a value with the name of the keyword as ordinary data', () => {
    expect(problemOfHeaders(tool({ 'x-mcp-header': { type: 'number' } }))).toBeUndefined();
    expect(problemOfHeaders(tool({ a: { type: 'object', default: { 'x-mcp-header': '' } } }))).toBeUndefined();
    expect(problemOfHeaders(definition)).toBeUndefined();
  });
});
