import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { apiPaths, apiPathsFile } from './api-paths.mjs';

it('the types of the API follow from its OpenAPI document: npm run generate', async () => {
  const types = await apiPaths();
  expect(readFileSync(apiPathsFile, 'utf8') === types).toBe(true);
});
