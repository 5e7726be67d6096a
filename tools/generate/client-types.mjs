import { join } from 'node:path';
import openapiTypes, { astToString } from 'openapi-typescript';
import { root } from '../bootstrap/repository.mjs';

export const clientTypesFile = join(root, 'client/src/api.generated.ts');

/** The paths that the client calls or whose types it uses. */
const called = [
  '/v1/threads',
  '/v1/threads/{id}',
  '/v1/threads/{id}/messages',
  '/v1/runs/{id}',
  '/v1/runs/{id}/feedback',
];

/** Generates the types of the client from the OpenAPI document of a server. They import nothing, because the client has no dependencies. */
export async function clientTypes(document) {
  const { paths, schemas } = schemasOfClient(document);
  const types = await openapiTypes(
    { openapi: document.openapi, info: document.info, paths, components: { schemas } },
    { alphabetize: true, defaultNonNullable: false },
  );
  return `// Written by npm run generate from /api/openapi.json.\n${astToString(types)}`;
}

/** Selects the paths that the client calls, and the schemas that they refer to. */
export function schemasOfClient(document) {
  const paths = Object.fromEntries(called.map((path) => [path, withoutErrors(document.paths[path])]));
  return { paths, schemas: partsOf(paths, document.components.schemas) };
}

/** Removes the replies that the client throws as errors. */
function withoutErrors(path) {
  const kept = structuredClone(path);
  for (const operation of Object.values(kept))
    for (const status of Object.keys(operation.responses ?? {}))
      if (!status.startsWith('2')) delete operation.responses[status];
  return kept;
}

/** Collects the schemas that a value refers to, directly or through others. */
function partsOf(value, schemas, found = {}) {
  for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (found[name] !== undefined) continue;
    found[name] = schemas[name];
    partsOf(schemas[name], schemas, found);
  }
  return found;
}
