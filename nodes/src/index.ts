import type { NodeDefinition } from '@heddle/core';
import { agent } from './model/agent.node.js';
import { humanInput } from './people/human-input.node.js';
import { cache } from './logic/cache.node.js';
import { classify } from './logic/classify.node.js';
import { code } from './tools/code.node.js';
import { critique } from './safety/critique.node.js';
import { each } from './logic/each.node.js';
import { embed } from './model/embed.node.js';
import { fallback } from './model/fallback.node.js';
import { generate } from './model/generate.node.js';
import { ground } from './safety/ground.node.js';
import { guard } from './safety/guard.node.js';
import { http } from './network/http.node.js';
import { input } from './input-output/input.node.js';
import { load } from './documents/load.node.js';
import { moderate } from './safety/moderate.node.js';
import { memory } from './data/memory.node.js';
import { merge } from './logic/merge.node.js';
import { output } from './input-output/output.node.js';
import { prompt } from './model/prompt.node.js';
import { selfQuery } from './retrieval/self-query.node.js';
import { reason } from './model/reason.node.js';
import { redact } from './safety/redact.node.js';
import { rerank } from './retrieval/rerank.node.js';
import { restore } from './safety/restore.node.js';
import { retrieve } from './retrieval/retrieve.node.js';
import { rewrite } from './retrieval/rewrite.node.js';
import { route } from './logic/route.node.js';
import { set } from './data/set.node.js';
import { split } from './documents/split.node.js';
import { store } from './retrieval/store.node.js';
import { switchNode } from './logic/switch.node.js';
import { vote } from './model/vote.node.js';
import { wait } from './logic/wait.node.js';
import { workflow } from './logic/workflow.node.js';

export { cite } from './citations/cite.js';
export { sentencesOf } from './citations/sentences.js';
export { isEcho } from './citations/echo.js';
export { groundAnswer, type GroundedSentence } from './citations/ground-answer.js';
export { classifierJudge, guardModelJudge, rulesJudge, type Hit } from './moderation/judge.js';
export { findInjections } from './moderation/injections.js';
export { wordRule } from './moderation/word-rules.js';
export { detect, patternDetectors } from './redaction/detect.js';
export { patternKinds } from './redaction/finding.js';
export { fuseLists } from './retrieval/fuse-lists.js';
export { mostQueriesOf, promptOfRewriting, queriesOfRewriting, usualRewriting } from './retrieval/rewrite-question.js';
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
  selfQuery,
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

/** All node types that Heddle provides, in the order of the palette. */
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
  selfQuery,
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
