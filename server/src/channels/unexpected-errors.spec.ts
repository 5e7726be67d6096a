import { HeddleError } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { openAiError } from '../http/errors/openai-error.js';
import { a2aError } from './a2a/a2a-error.js';

const shown: Readonly<Record<string, (thrown: unknown) => string>> = {
  'OpenAI, also in a stream': (thrown) => JSON.stringify(openAiError(thrown)),
  A2A: (thrown) => {
    const { message, metadata } = a2aError(thrown);
    return `${message} ${JSON.stringify(metadata)}`;
  },
};

describe.each(Object.entries(shown))('errors for callers of %s', (_name, show) => {
  it('withhold the message of an unexpected error', () => {
    const text = show(new TypeError("cannot read '/srv/keys' of undefined"));
    expect(text).toContain('internal');
    expect(text).not.toContain('/srv/keys');
  });

  it('have the code and message of an expected one', () => {
    const text = show(new HeddleError('run_not_found', "There is no run 'r1'."));
    expect(text).toContain('run_not_found');
    expect(text).toContain("There is no run 'r1'.");
  });
});
