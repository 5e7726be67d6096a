import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { send } from './http.js';
import { issuesText } from './issue-text.js';

describe('the issues of a request', () => {
  it.each([
    [[{ field: 'ratePerMinute', message: 'Give 1 or more' }], 'Rate per minute: Give 1 or more.'],
    [[{ field: 'examples.0.text', message: 'This is missing' }], 'Examples › 1 › text: This is missing.'],
    [[{ field: '', message: 'Say which.' }], 'Say which.'],
    [[{ field: 'x-api-key', message: 'This is missing' }], 'X-api-key: This is missing.'],
    [
      [
        { field: 'name', message: 'This must not be empty' },
        { field: 'code', message: 'Type six digits' },
      ],
      'Name: This must not be empty. Code: Type six digits.',
    ],
  ])('are written as sentences with the labels of fields', (issues, text) => expect(issuesText(issues)).toBe(text));
});

describe('a request that the server refused', () => {
  const realFetch = globalThis.fetch;
  let body: unknown;
  beforeEach(() => {
    globalThis.fetch = (async () => ({ ok: false, status: 400, headers: new Map(), json: async () => body })) as never;
  });
  afterEach(() => {
    globalThis.fetch = realFetch;
  });
  const issues = [{ field: 'password', message: 'Use at least 12 characters' }];
  const message = 'The request is not valid: password: Use at least 12 characters.';

  it('is described by its fields when it does not fit its schema', async () => {
    body = { error: { code: 'bad_request', message, details: { issues } } };
    await expect(send('/api/x')).rejects.toThrow(/^Password: Use at least 12 characters\.$/);
  });

  it('is otherwise described by the message of the server', async () => {
    body = { error: { code: 'conflict', message: 'It is taken.', details: { issues } } };
    await expect(send('/api/x')).rejects.toThrow(/^It is taken\.$/);
    body = { error: { code: 'bad_request', message: 'Choose another.', details: { line: 1 } } };
    await expect(send('/api/x')).rejects.toThrow(/^Choose another\.$/);
  });
});
