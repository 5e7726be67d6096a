import { describe, expect, it } from '@jest/globals';
import { AlertRule } from '@heddle/core';
import { formOf, freshForm, ruleOf } from './alert-form.js';

const rule = (condition: object, more: object = {}): AlertRule => AlertRule.parse({ name: 'A', condition, ...more });

describe('the form of an alert', () => {
  it('gives back the rule that it was made from, including settings without a field', () => {
    for (const before of [
      rule(
        { kind: 'threshold', metric: 'failed-share', value: 0.07, atLeast: 20 },
        { filter: { workflow: 'w', model: 'm' } },
      ),
      rule({ kind: 'threshold', metric: 'duration-p95', is: 'below', value: 1_500, windowMinutes: 60 }),
      rule({ kind: 'burn-rate', metric: 'slow-share', allowed: 0.001, slowMs: 2_500, atLeast: 3 }, { repeatHours: 4 }),
      rule({
        kind: 'burn-rate',
        metric: 'cost',
        allowed: 250,
        windows: [{ longMinutes: 60, shortMinutes: 5, factor: 2 }],
      }),
    ])
      expect(AlertRule.parse(ruleOf(formOf(before), before))).toEqual(before);
  });

  it('shows shares in percent and times in seconds', () => {
    const form = formOf(rule({ kind: 'threshold', metric: 'failed-share', value: 0.07 }));
    expect(form.value).toBe(7);
    expect(formOf(rule({ kind: 'burn-rate', metric: 'slow-share', allowed: 0.01, slowMs: 2_500 }))).toMatchObject({
      allowed: 1,
      slowSeconds: 2.5,
    });
  });

  it('needs a name and a value', () => {
    expect(AlertRule.safeParse(ruleOf(freshForm, undefined)).success).toBe(false);
    expect(AlertRule.safeParse(ruleOf({ ...freshForm, name: 'A' }, undefined)).success).toBe(true);
    expect(AlertRule.safeParse(ruleOf({ ...freshForm, name: 'A', value: undefined }, undefined)).success).toBe(false);
  });
});
