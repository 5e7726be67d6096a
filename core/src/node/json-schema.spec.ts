import { describe, expect, it } from '@jest/globals';
import { fitJsonSchema } from './json-schema.js';

describe('fitJsonSchema', () => {
  it('says where a value does not fit, and why', () => {
    const schema = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] };
    expect(fitJsonSchema(schema, { count: 1 })).toBeUndefined();
    expect(fitJsonSchema(schema, { count: 'one' })).toContain('count: ');
  });

  it('reports a missing required field even if it has a default', () => {
    const hash = { type: 'string', const: 'sha256:1', default: 'sha256:1' };
    const schema = { type: 'object', properties: { hash, default: { type: 'string' } }, required: ['hash', 'default'] };
    expect(fitJsonSchema(schema, { hash: 'sha256:1', default: 'a' })).toBeUndefined();
    expect(fitJsonSchema(schema, { default: 'a' })).toContain('hash: ');
    expect(fitJsonSchema(schema, { hash: 'sha256:2', default: 'a' })).toContain('hash: ');
    expect(fitJsonSchema(schema, { hash: 'sha256:1' })).toContain('default: ');
    expect(fitJsonSchema({ type: 'array', items: schema }, [{ default: 'a' }])).toContain('hash: ');
  });
});
