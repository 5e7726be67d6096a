import { describe, expect, it } from '@jest/globals';
import { RoutePolicy, type CandidateFacts, type RouteRequest } from '../ports/routing.js';
import { decideRoute } from './decide-route.js';

const request: RouteRequest = {
  label: 'internal',
  tokens: 1000,
  maxTokens: 500,
  images: false,
  tools: false,
  schema: false,
};
const candidate = (model: string, details: Partial<CandidateFacts> = {}): CandidateFacts => ({
  model,
  isAvailable: true,
  isLocal: !model.includes('/'),
  clearance: model.includes('/') ? 'internal' : 'restricted',
  contextTokens: 8000,
  supports: { schema: true, tools: true, images: false },
  price: model.includes('/') ? { input: 1, output: 4, currency: 'USD' } : { input: 0, output: 0, currency: 'USD' },
  latency: undefined,
  quality: undefined,
  circuit: 'closed',
  queue: 0,
  budgetLeft: undefined,
  ...details,
});
const policy = (details: Omit<Partial<RoutePolicy>, 'candidates'> & { candidates?: unknown[] } = {}): RoutePolicy =>
  RoutePolicy.parse({ candidates: [{ model: 'far/big' }, { model: 'near' }], ...details });
const facts = [candidate('far/big'), candidate('near')];

describe('decideRoute', () => {
  it('takes the first candidate that nothing excludes, and says why', () => {
    expect(decideRoute(policy(), request, facts, 's')).toEqual({
      model: 'far/big',
      summary: 'Goes out to far/big: first in the policy.',
      excluded: [],
      order: ['far/big', 'near'],
      estimatedCost: 0.003,
    });
  });

  it('keeps data above a clearance local, whatever the policy prefers', () => {
    const decision = decideRoute(policy(), { ...request, label: 'confidential' }, facts, 's');
    expect(decision.model).toBe('near');
    expect(decision.summary).toBe(
      'Kept local to near: confidential; 1 candidate was excluded because the data is confidential and its clearance is internal.',
    );
  });

  it.each([
    ['is unavailable', { isAvailable: false, reason: 'it is switched off' }, {}, 'it is switched off'],
    ['has too small a context', { contextTokens: 1400 }, {}, 'its context has 1400 tokens and 1500 are needed'],
    ['reads no images', {}, { images: true }, 'it does not support images'],
    [
      'calls no tools',
      { supports: { schema: true, tools: false, images: true } },
      { tools: true },
      'it does not support tools',
    ],
    ['is blocked', { circuit: 'open' }, {}, 'its connection failed too often and is blocked for a while'],
    ['has no budget left', { budgetLeft: 0.001 }, {}, 'its budget is used up'],
    ['may take more than its budget has left', { budgetLeft: 0.0031 }, { bound: 1200 }, 'its budget is used up'],
    ['may take more tokens than are left', { tokensLeft: 1600 }, { bound: 1200 }, 'its budget is used up'],
    ['has no price', { budgetLeft: 9, price: undefined }, {}, 'a budget limits money and its price is unknown'],
  ] as const)('excludes a candidate that %s', (_name, details, asked, reason) => {
    const all = [
      candidate('far/big', details),
      candidate('near', { supports: { schema: true, tools: true, images: true } }),
    ];
    const decision = decideRoute(policy(), { ...request, ...asked }, all, 's');
    expect([decision.model, decision.excluded]).toEqual(['near', [{ model: 'far/big', reason }]]);
  });

  it('excludes candidates by their conditions, but not by a fact without measurements', () => {
    const when = [
      { fact: 'label', is: 'at-most', value: 'internal' },
      { fact: 'latency', is: 'at-most', value: 800 },
      { fact: 'language', is: 'one-of', value: ['en', 'de'] },
    ];
    const strict = policy({ candidates: [{ model: 'far/big', when }, { model: 'near' }] });
    const english = { ...request, language: 'en' };
    const measured = (p95: number): CandidateFacts[] => [
      candidate('far/big', { latency: { samples: 9, p50: 10, p95 } }),
      candidate('near'),
    ];
    expect(decideRoute(strict, english, facts, 's').model).toBe('far/big');
    expect(decideRoute(strict, english, measured(900), 's').excluded).toEqual([
      { model: 'far/big', reason: "'latency at most 800' is not true" },
    ]);
    expect(decideRoute(strict, english, measured(700), 's').model).toBe('far/big');
    expect(decideRoute(strict, request, facts, 's').model).toBe('near');
  });

  it('prefers the cheapest, the fastest or the best rated, unknown ones last', () => {
    const all = [
      candidate('far/big', { quality: { samples: 5, mean: 0.9 }, latency: { samples: 5, p50: 300, p95: 400 } }),
      candidate('near', { latency: { samples: 5, p50: 200, p95: 900 } }),
    ];
    const chosen = (prefer: RoutePolicy['prefer']) => decideRoute(policy({ prefer }), request, all, 's').model;
    expect([chosen('cheapest'), chosen('fastest'), chosen('best')]).toEqual(['near', 'near', 'far/big']);
    expect(
      decideRoute(policy({ prefer: 'cheapest' }), request, [candidate('far/big', { price: undefined }), all[1]!], 's')
        .order,
    ).toEqual(['near', 'far/big']);
  });

  it('explores in about the share of the policy, and always decides the same for a seed', () => {
    const exploring = policy({ explore: 0.2 });
    const models = Array.from(
      { length: 2000 },
      (_, index) => decideRoute(exploring, request, facts, `run-${index}`).model,
    );
    const share = models.filter((model) => model === 'near').length / models.length;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.25);
    expect(decideRoute(exploring, request, facts, 'run-7')).toEqual(decideRoute(exploring, request, facts, 'run-7'));
  });

  it('says that no candidate remains', () => {
    const decision = decideRoute(policy(), { ...request, label: 'restricted' }, [candidate('far/big')], 's');
    expect([decision.model, decision.order]).toEqual([undefined, []]);
    expect(decision.summary).toBe(
      'No candidate remains; 2 candidates were excluded because the data is restricted and its clearance is internal, and because it is not known here.',
    );
  });

  it('tries the next entry of a model if the conditions of its first entry are not true', () => {
    const twice = policy({
      candidates: [
        { model: 'near', when: [{ fact: 'tokens', is: 'at-most', value: 10 }] },
        { model: 'near', when: [{ fact: 'label', is: 'equal', value: 'internal' }] },
      ],
    });
    expect(decideRoute(twice, request, facts, 's')).toMatchObject({ model: 'near', excluded: [] });
  });
});
