import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import './plain-text.js';

const textOf = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value).error?.issues[0]?.message;
const Kinds = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('a') }),
  z.object({ kind: z.literal('b'), size: z.number() }),
]);

describe('the message of a schema for a value that does not fit', () => {
  it.each<[z.ZodType, unknown, string]>([
    [z.string(), undefined, 'This is missing'],
    [z.enum(['a', 'b']), undefined, 'This is missing'],
    [z.string(), 1, 'Give a text, not a number'],
    [z.number(), 'x', 'Give a number, not a text'],
    [z.number(), Number.NaN, 'Give a number'],
    [z.int(), 1.5, 'Give a whole number'],
    [z.array(z.string()), {}, 'Give a list, not an object with named members'],
    [z.strictObject({ a: z.string() }), [], 'Give an object with named members, not a list'],
    [z.boolean(), 'yes', 'Give true or false, not a text'],
    [z.string().min(12), 'short', 'Use at least 12 characters'],
    [z.string().min(1), '', 'This must not be empty'],
    [z.string().length(6), '12345', 'Use exactly 6 characters'],
    [z.string().max(10_000), 'x'.repeat(10_001), 'Use at most 10,000 characters'],
    [z.array(z.string()).min(1), [], 'Use at least 1 entry'],
    [z.array(z.string()).max(2), ['a', 'b', 'c'], 'Use at most 2 entries'],
    [z.int().min(1).max(64), 0, 'Give 1 or more'],
    [z.int().min(1).max(64), 65, 'Give 64 or less'],
    [z.number().positive(), 0, 'Give more than 0'],
    [z.number().lt(5), 5, 'Give less than 5'],
    [z.number().multipleOf(5), 6, 'Give a multiple of 5'],
    [z.email(), 'ada', 'Write an email address, such as ada@example.org'],
    [z.url(), 'example', 'Write a whole address, such as https://example.org'],
    [z.string().regex(/^a+$/), 'b', 'This does not match the pattern /^a+$/'],
    [z.string().startsWith('hf:'), 'b', "Begin it with 'hf:'"],
    [z.enum(['a', 'b']), 'c', 'Choose one of a, b'],
    [z.literal('a'), 'c', 'This must be a'],
    [z.strictObject({}), { more: 1 }, "Unknown field 'more': leave it out"],
    [z.union([z.string().min(3), z.array(z.string())]), 'a', 'Use at least 3 characters'],
    [z.union([z.string(), z.array(z.string())]), ['a', 1], '1: Give a text, not a number'],
    [z.union([z.string(), z.number()]), true, 'Give a text, not true or false, or: Give a number, not true or false'],
    [Kinds, { kind: 'c' }, 'Choose one of a, b'],
    [Kinds, { kind: 'b', size: 'big' }, 'Give a number, not a text'],
    [z.record(z.string().min(2), z.number()), { a: 1 }, 'A name in it is not valid: Use at least 2 characters'],
    [z.string().refine(() => false), 'a', 'This is not valid'],
    [z.string().min(2, 'Two, please'), 'a', 'Two, please'],
  ])('is plain English (%#)', (schema, value, plain) => expect(textOf(schema, value)).toBe(plain));
});
