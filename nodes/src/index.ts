import type { NodeDefinition } from '@heddle/core';
import { agent } from './agent.node.js';
import { humanInput } from './human-input.node.js';
import { cache } from './cache.node.js';
import { classify } from './classify.node.js';
import { code } from './code.node.js';
import { critique } from './critique.node.js';
import { each } from './each.node.js';
import { embed } from './embed.node.js';
import { fallback } from './fallback.node.js';
import { generate } from './generate.node.js';
import { ground } from './ground.node.js';
import { guard } from './guard.node.js';
import { http } from './http.node.js';
import { input } from './input.node.js';
import { load } from './load.node.js';
import { moderate } from './moderate.node.js';
import { memory } from './memory.node.js';
import { merge } from './merge.node.js';
import { output } from './output.node.js';
import { prompt } from './prompt.node.js';
import { reason } from './reason.node.js';
import { redact } from './redact.node.js';
import { rerank } from './rerank.node.js';
import { restore } from './restore.node.js';
import { retrieve } from './retrieve.node.js';
import { rewrite } from './rewrite.node.js';
import { route } from './route.node.js';
import { set } from './set.node.js';
import { split } from './split.node.js';
import { store } from './store.node.js';
import { switchNode } from './switch.node.js';
import { vote } from './vote.node.js';
import { wait } from './wait.node.js';
import { workflow } from './workflow.node.js';

export { cite, isTrueCitation } from './citations/cite.js';
export { toolNamesIn, workflowToolName } from './tools/tool-names.js';
export {
  agent,
  humanInput,
  cache,
  classify,
  code,
  critique,
  each,
  embed,
  fallback,
  generate,
  ground,
  guard,
  http,
  input,
  load,
  memory,
  merge,
  moderate,
  output,
  prompt,
  reason,
  redact,
  rerank,
  restore,
  rewrite,
  retrieve,
  route,
  set,
  split,
  store,
  switchNode,
  vote,
  wait,
  workflow,
};

/** Every node type that Heddle brings, in the order of the palette. */
export const standardNodes: readonly NodeDefinition[] = [
  input,
  output,
  prompt,
  generate,
  reason,
  agent,
  humanInput,
  memory,
  fallback,
  vote,
  embed,
  load,
  split,
  store,
  rewrite,
  retrieve,
  rerank,
  redact,
  restore,
  moderate,
  guard,
  ground,
  critique,
  switchNode,
  route,
  classify,
  cache,
  merge,
  each,
  workflow,
  wait,
  set,
  code,
  http,
];
