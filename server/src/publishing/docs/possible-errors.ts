import type { Effect, ErrorCode, Plan, PlanNode } from '@heddle/core';

/** Errors that every published workflow can have. */
export const errorsOfTheChannel: readonly ErrorCode[] = [
  'bad_json',
  'bad_request',
  'unauthorized',
  'key_expired',
  'forbidden',
  'scope_missing',
  'workflow_not_found',
  'not_published',
  'version_not_found',
  'method_not_allowed',
  'idempotency_conflict',
  'body_too_complex',
  'payload_too_large',
  'unsupported_media_type',
  'input_missing',
  'input_unknown',
  'input_type',
  'input_empty',
  'input_too_large',
  'label_refused',
  'kill_switch',
  'too_many_requests',
  'run_cancelled',
  'busy',
  'shutting_down',
  'run_timeout',
  'storage_full',
  'storage_locked',
  'storage_failed',
  'internal',
];

const byEffect: Readonly<Record<Effect, readonly ErrorCode[]>> = {
  model: [
    'model_missing',
    'model_busy',
    'model_load_failed',
    'model_host_lost',
    'model_host_failed',
    'context_too_long',
    'budget_exceeded',
  ],
  network: ['fetch_blocked', 'fetch_failed', 'fetch_status', 'fetch_too_large', 'fetch_timeout'],
  vectors: ['collection_not_found', 'collection_model', 'query_empty', 'filter_invalid', 'vector_store_failed'],
  files: ['file_not_found', 'file_unreadable'],
  process: [],
  human: ['approval_refused', 'human_input_invalid'],
};

/** Errors of node types, in addition to the errors of their effects. */
const byType: Readonly<Record<string, readonly ErrorCode[]>> = {
  code: ['code_error', 'code_timeout', 'code_memory'],
  moderate: ['moderation_blocked'],
  guard: ['moderation_blocked'],
  route: ['route_no_candidate', 'policy_not_found'],
  agent: [
    'agent_limit',
    'tool_unknown',
    'tool_denied',
    'tool_failed',
    'tool_timeout',
    'tool_repeated',
    'mcp_unreachable',
  ],
  load: ['document_type', 'document_damaged', 'document_encrypted', 'document_too_large', 'document_timeout'],
  retrieve: ['vector_store_unreachable'],
  restore: ['redaction_unknown'],
  workflow: ['nesting_limit'],
  each: ['nesting_limit'],
};

const ofConnections: readonly ErrorCode[] = [
  'connection_not_found',
  'connection_disabled',
  'connection_key_missing',
  'provider_unauthorized',
  'provider_rate_limited',
  'provider_refused',
  'provider_failed',
  'provider_timeout',
  'provider_reply_invalid',
  'circuit_open',
];

/**
 * Lists the errors that can end a run of a version: `node_failed`, and the errors of its node types and effects in the order of the nodes.
 * Errors of the channel are left out.
 */
export function errorsOfPlan(plan: Plan): readonly ErrorCode[] {
  const found = new Set<ErrorCode>(['node_failed']);
  for (const one of [plan, ...plan.workflows.values()]) {
    for (const node of one.nodes) for (const code of errorsOfNode(node)) found.add(code);
    if (one.regions.some(({ atLimit }) => atLimit === 'fail')) found.add('loop-limit');
  }
  for (const code of errorsOfTheChannel) found.delete(code);
  return [...found];
}

const ofSecrets = [
  'secret_not_found',
  'secret_host_refused',
  'secret_needs_host',
  'secret_unreadable',
  'secret_store_failed',
] as const;

function errorsOfNode({ definition, references, run }: PlanNode): readonly ErrorCode[] {
  const isRemote = references.some(
    ({ kind, id }) =>
      kind === 'connection' || (/^(?:model|embedder|reranker|classifier)$/.test(kind) && id.includes('/')),
  );
  return [
    ...definition.effects.flatMap((effect) => byEffect[effect]),
    ...(byType[definition.type] ?? []),
    ...(isRemote ? ofConnections : []),
    ...(references.some(({ kind }) => kind === 'secret') ? ofSecrets : []),
    ...(run.wallMs === undefined ? [] : (['node_timeout'] as const)),
    ...(run.idleMs === undefined ? [] : (['node_idle'] as const)),
    ...(run.atMostOnce ? (['at_most_once'] as const) : []),
  ];
}
