import { describe, expect, it } from '@jest/globals';
import { RouteFact, RoutePolicy } from '@heddle/core';
import type { CandidateFact } from '../../data/api/reply-parts.js';
import { factText } from './CandidateFacts.js';
import { examplePolicy, freshPolicy, moved, policyProblems } from './policy-draft.js';
import {
  choicesFor,
  conditionText,
  conditionProblem,
  freshCondition,
  operatorsFor,
  valueText,
  withOperator,
  withText,
} from './route-facts.js';

describe('conditions of a policy', () => {
  it('start with an operator and a value that suit the fact, for every fact', () => {
    for (const fact of RouteFact.options) {
      const condition = freshCondition(fact);
      expect(operatorsFor(fact)).toContain(condition.is);
      expect([fact, conditionProblem(condition)]).toEqual([fact, fact === 'category' ? 'Enter a value.' : undefined]);
      const choices = choicesFor(fact);
      if (choices !== undefined) expect(choices.map(([value]) => value)).toContain(valueText(condition));
    }
  });

  it('are written as text, with units', () => {
    expect(conditionText({ fact: 'latency', is: 'at-most', value: 4000 })).toBe(
      'measured latency, p95 is at most 4,000 ms',
    );
    expect(conditionText({ fact: 'price', is: 'at-most', value: 0.02 })).toBe('price of the request is at most $0.02');
    expect(conditionText({ fact: 'local', is: 'equal', value: true })).toBe('runs locally is yes');
    expect(conditionText({ fact: 'language', is: 'one-of', value: ['en', 'fr'] })).toBe('language is one of en, fr');
  });

  it('read typed text by the type of their fact', () => {
    const latency = freshCondition('latency');
    expect(withText(latency, '800').value).toBe(800);
    expect(conditionProblem(withText(latency, 'fast'))).toBe('Enter a number.');
    expect(withText(freshCondition('local'), 'false').value).toBe(false);
    const languages = withOperator(freshCondition('language'), 'one-of');
    expect(languages.value).toEqual(['en']);
    expect(withText(languages, 'en, de').value).toEqual(['en', 'de']);
    expect(withOperator(withText(languages, 'de, en'), 'equal').value).toBe('de');
    expect(conditionProblem(withText(languages, ' '))).toBe('Enter at least one value.');
  });
});

describe('a policy while it is typed', () => {
  it('says what is wrong with it, by field', () => {
    expect(policyProblems(freshPolicy)).toEqual({
      name: expect.any(String),
      'candidates.0.model': 'Select a model.',
    });
    const good = RoutePolicy.parse({ name: 'house', candidates: [{ model: 'near', when: [freshCondition('label')] }] });
    expect(policyProblems(good)).toEqual({});
    expect(policyProblems({ ...good, explore: 0.9 })).toHaveProperty('explore');
  });

  it('has an example that can be saved as it is', () => {
    expect(policyProblems(examplePolicy)).toEqual({});
  });

  it('moves candidates, only within the list', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b'], 1, 2)).toEqual(['a', 'b']);
  });

  it('shows what is known about a candidate, obstacles first', () => {
    const fact: CandidateFact = {
      model: 'far/big',
      isAvailable: true,
      isLocal: false,
      clearance: 'internal',
      contextTokens: 128_000,
      queue: 2,
      circuit: 'open',
      latency: { samples: 40, p50: 320, p95: 1200 },
      quality: { samples: 8, mean: 0.875 },
      price: { input: 3, output: 15, currency: 'USD' },
    };
    expect(factText(fact)).toEqual([
      'Its connection is paused after failures',
      'remote',
      'clearance internal',
      'p50 320 ms, p95 1.2 s of 40 calls',
      'rated 88 % by 8',
      '$3.00 input, $15.00 output per million tokens',
      '128K tokens of context',
      '2 calls waiting',
    ]);
    expect(factText({ ...fact, isAvailable: false, reason: 'it is switched off' })).toEqual([
      'Unavailable: it is switched off',
    ]);
  });
});
