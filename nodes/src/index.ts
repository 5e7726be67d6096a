import type { NodeDefinition } from '@heddle/core';
import { generate } from './generate.node.js';
import { input } from './input.node.js';
import { output } from './output.node.js';
import { prompt } from './prompt.node.js';
import { retrieve } from './retrieve.node.js';

export { cite, isTrueCitation } from './citations/cite.js';
export { generate, input, output, prompt, retrieve };

/** Every node type that Heddle brings, in the order of the palette. */
export const standardNodes: readonly NodeDefinition[] = [input, output, prompt, generate, retrieve];
