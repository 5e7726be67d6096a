import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { lazyObject, lazyStrictObject } from './lazy-object.js';

/** A lazy schema, and how often its fields were made. */
function counted() {
  const count = { made: 0 };
  const schema = lazyObject(() => {
    count.made += 1;
    return { name: z.string(), size: z.int().optional() };
  });
  return { count, schema };
}

describe('a lazy object', () => {
  it('makes its fields once, at the first use', () => {
    const { count, schema } = counted();
    const named = schema.meta({ id: 'LazyNamed' });
    const list = z.object({ items: z.array(named).default([]), one: named.optional() });
    const either = z.union([named, z.string()]);
    expect(count.made).toBe(0);
    expect(list.parse({ one: { name: 'a', other: 1 } })).toEqual({ items: [], one: { name: 'a' } });
    expect(either.parse({ name: 'b', size: 2 })).toEqual({ name: 'b', size: 2 });
    expect(schema.safeParse({ size: 1.5 }).error?.issues.map(({ path }) => path)).toEqual([['name'], ['size']]);
    expect(count.made).toBe(1);
  });

  it('is extended, picked and refined like other objects', () => {
    const { schema } = counted();
    expect(schema.extend({ more: z.boolean() }).parse({ name: 'a', more: true })).toEqual({ name: 'a', more: true });
    expect(Object.keys(schema.pick({ size: true }).shape)).toEqual(['size']);
    expect(schema.partial().parse({})).toEqual({});
    expect(schema.strict().safeParse({ name: 'a', other: 1 }).success).toBe(false);
    expect(schema.refine(({ name }) => name !== 'a', 'not a').safeParse({ name: 'a' }).error?.issues).toMatchObject([
      { message: 'not a' },
    ]);
  });

  it('chooses among tagged objects', () => {
    const Shape = z.discriminatedUnion('kind', [
      lazyObject(() => ({ kind: z.literal('circle'), radius: z.number() })),
      lazyStrictObject(() => ({ kind: z.literal('square'), side: z.number() })),
    ]);
    expect(Shape.parse({ kind: 'square', side: 2 })).toEqual({ kind: 'square', side: 2 });
    expect(Shape.safeParse({ kind: 'square', side: 2, radius: 1 }).success).toBe(false);
    expect(Shape.safeParse({ kind: 'line' }).success).toBe(false);
  });

  it('has the same JSON schema as a plain object', () => {
    const fields = () => ({ name: z.string().meta({ title: 'Name' }), size: z.int().max(9).optional() });
    for (const [lazy, plain] of [
      [lazyObject(fields), z.object(fields())],
      [lazyStrictObject(fields), z.strictObject(fields())],
    ] as const)
      for (const io of ['input', 'output'] as const)
        expect(z.toJSONSchema(lazy, { io })).toEqual(z.toJSONSchema(plain, { io }));
  });
});
