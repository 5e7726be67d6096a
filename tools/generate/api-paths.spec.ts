import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { apiPaths, apiPathsFile, openApiDocument } from './api-paths.mjs';
import { clientTypes, clientTypesFile } from './client-types.mjs';
import { pythonTypes, pythonTypesFile } from './python-types.mjs';

it('the types of the API and of the clients match its OpenAPI document: npm run generate', async () => {
  const document = await openApiDocument();
  const types = await apiPaths(document);
  expect(readFileSync(apiPathsFile, 'utf8') === types).toBe(true);
  const ofClient = await clientTypes(document);
  expect(readFileSync(clientTypesFile, 'utf8') === ofClient).toBe(true);
  expect(readFileSync(pythonTypesFile, 'utf8') === pythonTypes(document)).toBe(true);
});
