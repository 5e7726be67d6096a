import * as core from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTypes, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { root } from '../bootstrap/repository.mjs';

export const apiPathsFile = join(root, 'core/src/api/api-paths.generated.ts');

const head = `// Written by npm run generate from /api/openapi.json.
import type { z } from 'zod';
import type * as core from '../index.js';
`;

/** Generates the types of the API's paths for openapi-fetch from the OpenAPI document of a server. */
export async function apiPaths(openApi) {
  const document = namedByCore(openApi);
  const types = await openapiTypes(document, { alphabetize: true, defaultNonNullable: false, transform });
  return `${head}${astToString(types)}`;
}

/** Reads the OpenAPI document of a server. */
export async function openApiDocument() {
  const { createApp, openHeddle, OpenApiSource, readSettings } = await import('@heddle/server');
  const folder = mkdtempSync(join(tmpdir(), 'heddle-generate-'));
  const heddle = await openHeddle(readSettings({ HEDDLE_DATA: folder }), { kind: 'command' });
  try {
    const app = await createApp(heddle);
    const document = await app.get(OpenApiSource).read();
    await heddle.stop();
    await app.close();
    return document;
  } finally {
    await heddle.close();
    rmSync(folder, { recursive: true });
  }
}

/** Replaces schemas that come from core by the core types: the output type in replies, the input type in bodies. */
function namedByCore(document) {
  const { paths, components } = structuredClone(document);
  for (const name of Object.keys(components.schemas))
    if (isOfCore(name)) components.schemas[name] = { [ofCore]: `z.output<typeof core.${name}>` };
  for (const { requestBody } of Object.values(paths).flatMap((path) => Object.values(path)))
    for (const content of Object.values(requestBody?.content ?? {})) {
      const name = content.schema?.$ref?.split('/').at(-1);
      if (isOfCore(name)) content.schema = { [ofCore]: `z.input<typeof core.${name}>` };
    }
  return { ...document, paths, components };
}

const ofCore = 'x-type-of-core';
const isOfCore = (name) => core[name]?.meta?.()?.id === name;

/** A multipart body is sent as FormData. */
function transform(schema, { path = '' }) {
  const type = path.endsWith('multipart~1form-data') ? 'FormData' : schema[ofCore];
  return type === undefined ? undefined : ts.factory.createTypeReferenceNode(type);
}
