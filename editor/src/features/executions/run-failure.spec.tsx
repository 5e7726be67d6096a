import { expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { RunFailure } from './RunFailure.js';

const error = {
  code: 'connection_not_found',
  message: "Connection 'openai' does not exist: create it on the Connections page.",
  retryable: false,
} as const;

it('leads to the page where the cause of a failure is changed, once', () => {
  expect(renderToStaticMarkup(<RunFailure error={error} isAlone />)).toMatch(
    /href="\/connections"[^>]*>Open connections/,
  );
  expect(renderToStaticMarkup(<RunFailure error={error} />)).not.toContain('href');
});
