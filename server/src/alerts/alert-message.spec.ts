import { describe, expect, it } from '@jest/globals';
import { AlertRule } from '@heddle/core';
import { alertMessage, emailMessage, slackMessage } from './alert-message.js';
import { alertText } from './alert-text.js';

const rule = AlertRule.parse({
  name: 'Hostile\r\nBcc: eve@example.org <!channel> & <b>x</b>',
  condition: { kind: 'threshold', metric: 'failed-share', value: 0.05 },
});
const message = alertMessage(
  { id: 'a_1', project: 'p', rule },
  { kind: 'fired', at: 0, value: 0.2, text: alertText(rule.condition, 0.2, 'USD'), runs: ['r/1'] },
  'https://heddle.example/',
);

describe('messages of alerts', () => {
  it('name the figure, the limit and runs to open', () => {
    expect(message).toEqual({
      type: 'alert.fired',
      timestamp: '1970-01-01T00:00:00.000Z',
      data: {
        alert: { id: 'a_1', name: rule.name, severity: 'warning' },
        project: 'p',
        text: 'share of failed runs: 20 % in 15 minutes, above 5 %',
        value: 0.2,
        url: 'https://heddle.example/dashboard/alerts?alert=a_1',
        runs: [{ runId: 'r/1', url: 'https://heddle.example/runs/r%2F1' }],
      },
    });
  });

  it('show a name without its markup in Slack', () => {
    const { text } = slackMessage(message);
    expect(text).not.toMatch(/<!|<b>|\r/);
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;b&gt;');
    expect(text).toContain('<https://heddle.example/runs/r%2F1|r/1>');
  });

  it('keep a name with a line break from adding a header to an e-mail', () => {
    const { subject, text } = emailMessage(message);
    expect(subject).toMatch(/^\[Heddle\] Alert: Hostile Bcc: eve@example.org/);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).toContain('Runs to open:\nhttps://heddle.example/runs/r%2F1');
  });

  it('describe a burn rate in a sentence', () => {
    const condition = { kind: 'burn-rate', metric: 'slow-share', allowed: 0.01, slowMs: 2_000 } as const;
    expect(alertText({ ...condition, windows: [], atLeast: 1 }, 15.23, 'USD')).toBe(
      'share of slow runs: 15.2 times the allowed rate; 1 % allowed (slow: over 2 s)',
    );
    const cost = { kind: 'burn-rate' as const, metric: 'cost' as const, allowed: 30, windows: [], atLeast: 1 };
    expect(alertText(cost, undefined, 'EUR')).toBe('cost: nothing measured; 30 EUR in 30 days allowed');
  });
});
