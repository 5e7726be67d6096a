import { describe, expect, it } from '@jest/globals';
import { nodeOfExecution, normaliseMessage } from './normalise-message.js';

describe('normaliseMessage', () => {
  it('gives the same text for messages that differ only in ids, values, addresses and numbers', () => {
    const messages = [
      "Run 'a' of ada@example.org waited 30.5 s for https://one.example/x?id=1.",
      "Run 'bcd' of ada@example.org waited 7 s for http://two.example/.",
    ];
    expect(new Set(messages.map(normaliseMessage))).toEqual(
      new Set(['Run <value> of ada@example.org waited <number> s for <address>']),
    );
    expect(normaliseMessage('No 3fa85f64-5717-4562-b3fc-2c963f66afa6 and 0f8fad5bd9cb469fa165')).toBe(
      'No <id> and <id>',
    );
  });

  it('keeps words, and cuts a message of a million characters quickly', () => {
    expect(normaliseMessage('The disk\n is   full')).toBe('The disk is full');
    const begun = performance.now();
    expect(normaliseMessage(`'${'a'.repeat(1_000_000)}`).length).toBeLessThanOrEqual(300);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe('nodeOfExecution', () => {
  it('gives the same path for all iterations and items of a node', () => {
    expect(['say', 'rewrite@1', 'each@12#ada%40example/say@0.2'].map(nodeOfExecution)).toEqual([
      'say',
      'rewrite',
      'each/say',
    ]);
  });
});
