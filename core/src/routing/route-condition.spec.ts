import { describe, expect, it } from '@jest/globals';
import { RouteCondition } from '../ports/routing.js';
import { RouteFact } from './route-fact.js';

const problem = (fact: string, is: string, value: unknown): string | undefined =>
  RouteCondition.safeParse({ fact, is, value }).error?.issues[0]?.message;

describe('a condition of a route', () => {
  it.each([
    ['label', 'at-most', 'internal'],
    ['label', 'one-of', ['public', 'internal']],
    ['language', 'one-of', ['en', 'de']],
    ['category', 'not-equal', 'billing'],
    ['price', 'at-most', 0.01],
    ['quality', 'at-least', 0.7],
    ['queue', 'equal', 0],
    ['local', 'equal', true],
    ['circuit', 'equal', 'half-open'],
  ])('accepts %s %s %p', (fact, is, value) => {
    expect(problem(fact, is, value)).toBeUndefined();
  });

  // Each of these is always true or never true for any request, so it must be a mistake.
  it.each([
    ['label', 'at-most', 'secret', 'public, internal, confidential, restricted'],
    ['label', 'not-equal', 'Confidential', 'public, internal, confidential, restricted'],
    ['label', 'one-of', ['internal', 'secret'], 'public, internal, confidential, restricted'],
    ['label', 'one-of', 'internal', 'a list'],
    ['price', 'at-most', '5', 'a number'],
    ['latency', 'at-most', [5], 'single value'],
    ['queue', 'one-of', ['few'], 'a number'],
    ['local', 'equal', 'yes', 'true or false'],
    ['local', 'one-of', ['true'], 'true or false'],
    ['local', 'at-least', true, 'equal'],
    ['language', 'at-most', 'en', 'equal, not-equal, one-of'],
    ['circuit', 'equal', 'broken', 'closed, open, half-open'],
    ['category', 'equal', ' ', 'a text'],
    ['language', 'one-of', [], 'a list'],
  ])('refuses %s %s %p', (fact, is, value, text) => {
    expect(problem(fact, is, value)).toContain(text);
  });

  it('exists for every fact', () => {
    const values = ['internal', 'en', 1, true, 'closed'];
    for (const fact of RouteFact.options)
      expect([fact, values.some((value) => problem(fact, 'equal', value) === undefined)]).toEqual([fact, true]);
  });
});
