import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import '../errors/plain-text.js';
import { issueInLists } from './issue-in-lists.js';

const many = (item: unknown, count = 200): unknown[] => Array.from({ length: count }, () => item);
const Part = z.union([z.object({ text: z.string() }), z.object({ image: z.string() })]);
const Talk = z.object({
  messages: z.array(z.object({ content: z.union([z.string(), z.array(Part)]) })).max(1_000),
  names: z.array(z.string()).max(150).optional(),
  facts: z.record(z.string(), z.number()).default({}),
});

describe('issueInLists', () => {
  it('names the first wrong entry of a long list, and stops there', () => {
    let checked = 0;
    const Item = z.string().refine(() => {
      checked += 1;
      return checked < 5;
    }, 'wrong');
    expect(issueInLists(z.array(Item), many('x', 100_000))).toEqual({ path: [4], message: 'wrong' });
    expect(checked).toBe(5);
  });

  it('finds the wrong entry in nested lists and records', () => {
    const good = many({ content: 'x' });
    expect(issueInLists(Talk, { messages: [...good, { content: 5 }] })?.path).toEqual(['messages', 200, 'content']);
    expect(issueInLists(Talk, { messages: [{ content: many(1) }] })?.path).toEqual(['messages', 0, 'content', 0]);
    expect(issueInLists(Talk, { messages: [], names: many('x', 149).concat(1) })?.path).toEqual(['names', 149]);
    const facts = Object.fromEntries(many(1).map((_, index) => [`k${index}`, index === 7 ? 'seven' : index]));
    expect(issueInLists(Talk, { messages: [], facts })?.path).toEqual(['facts', 'k7']);
  });

  it('reports a list that is too long before it checks its entries', () => {
    expect(issueInLists(Talk, { messages: [], names: many(5) })).toEqual({
      path: ['names'],
      message: 'Use at most 150 entries',
    });
  });

  it('reports nothing for a valid value, and leaves the rest to the schema', () => {
    expect(issueInLists(Talk, { messages: many({ content: many({ text: 'x' }, 3) }), names: ['x'] })).toBeUndefined();
    expect(issueInLists(Talk, { messages: 5, more: many(1) })).toBeUndefined();
    expect(issueInLists(z.unknown(), many(1))).toBeUndefined();
    expect(issueInLists(Talk.optional(), undefined)).toBeUndefined();
  });
});
