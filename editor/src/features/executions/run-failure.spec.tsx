import { expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { RunFailure } from './RunFailure.js';

const error = {
  code: 'connection_not_found',
  message: "Connection 'openai' does not exist: create it on the Connections page.",
  retryable: false,
} as const;

it('links to the page where the cause of a failure can be changed, if nothing beside it does', () => {
  expect(renderToStaticMarkup(<RunFailure error={error} isAlone />)).toMatch(
    /href="\/connections"[^>]*>Open connections/,
  );
  expect(renderToStaticMarkup(<RunFailure error={error} />)).not.toContain('href');
});
