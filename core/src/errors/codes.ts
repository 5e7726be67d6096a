/** What one error code means everywhere: over HTTP, in the CLI, in the journal and on the canvas. */
export interface ErrorCodeEntry {
  /** HTTP status a route answers with. */
  readonly status: number;
  /** Whether trying the same thing again may succeed without a change. */
  readonly retryable: boolean;
  /** What happened, in a few words. */
  readonly title: string;
}

const entry = (status: number, title: string, retryable = false): ErrorCodeEntry => ({ status, title, retryable });

/** The one table of error codes. Codes are stable: extend the table, never rename an entry. */
export const errorCodes = {
  // Requests
  bad_request: entry(400, 'The request is not valid'),
  bad_json: entry(400, 'The body is not valid JSON'),
  unauthorized: entry(401, 'Sign-in is needed'),
  forbidden: entry(403, 'Not allowed'),
  bad_host: entry(403, 'The Host header is not one of this server'),
  bad_origin: entry(403, 'The request comes from another site'),
  not_found: entry(404, 'Not found'),
  method_not_allowed: entry(405, 'The method is not allowed here'),
  conflict: entry(409, 'It was changed by somebody else'),
  precondition_required: entry(428, 'An If-Match header is needed'),
  payload_too_large: entry(413, 'The body is too large'),
  unsupported_media_type: entry(415, 'The content type is not supported'),
  too_many_requests: entry(429, 'Too many requests', true),
  body_too_slow: entry(408, 'The body came too slowly', true),
  upload_budget_spent: entry(429, 'As many bytes were sent today as may be', true),
  busy: entry(503, 'The queue is full', true),
  shutting_down: entry(503, 'The server is stopping', true),
  internal: entry(500, 'Something went wrong inside Heddle'),
  usage: entry(400, 'The command was not understood'),

  // Workflow documents
  document_unreadable: entry(400, 'The workflow document cannot be read'),
  document_version: entry(400, 'The workflow document is of an unknown version'),
  forbidden_name: entry(400, 'The name is not allowed'),
  workflow_invalid: entry(422, 'The workflow has issues that must be solved first'),
  workflow_not_found: entry(404, 'The workflow does not exist'),

  // Runs
  run_not_found: entry(404, 'The run does not exist'),
  run_terminal: entry(409, 'The run has ended'),
  run_unfinished: entry(409, 'The run has not ended'),
  run_cancelled: entry(409, 'The run was cancelled'),
  input_missing: entry(422, 'An input is missing'),
  input_type: entry(422, 'An input has the wrong type'),
  input_too_large: entry(413, 'An input is too large'),
  input_empty: entry(422, 'An input is empty'),
  input_unknown: entry(422, 'The workflow has no such input'),
  ask_not_found: entry(404, 'The question does not exist'),
  ask_decided: entry(409, 'The question was answered already'),
  ask_answer_invalid: entry(422, 'The answer does not fit the question'),
  seed_mismatch: entry(409, 'Earlier results do not fit the workflow as it is now'),
  crash_loop: entry(500, 'The run ended the process several times'),
  run_timeout: entry(504, 'The run took longer than the caller would wait', true),
  aborted: entry(499, 'The work was stopped'),

  // Nodes
  node_failed: entry(500, 'A node failed'),
  node_output_invalid: entry(500, 'A node gave something that its ports do not allow'),
  node_timeout: entry(504, 'A node took too long', true),
  node_idle: entry(504, 'A node was silent too long', true),
  at_most_once: entry(409, 'The node may have run already and must not run twice'),
  'loop-limit': entry(422, 'A loop reached its limit'),
  nesting_limit: entry(422, 'Runs are nested too deeply'),
  duplicate_key: entry(500, 'A step key was used twice in one execution'),
  stream_incomplete: entry(502, 'A stream ended early', true),
  resource_unavailable: entry(503, 'Something the node needs is not set up here'),
  label_refused: entry(403, 'The data must not go there'),
  grant_missing: entry(503, 'The workflow may not use something that it needs any more'),
  secret_not_found: entry(422, 'The secret does not exist'),
  secret_host_refused: entry(403, 'The secret must not be sent to this host'),
  secret_needs_host: entry(422, 'The secret names no host to which it may be sent'),
  secret_store_failed: entry(503, 'The store of the secret does not answer', true),
  secret_unreadable: entry(503, 'The stored secrets cannot be opened'),
  expression_invalid: entry(422, 'The expression is not valid'),
  template_invalid: entry(422, 'The template is not valid'),
  json_invalid: entry(422, 'The text is not valid JSON'),
  schema_mismatch: entry(422, 'The value does not fit its schema'),

  // Models
  model_unknown: entry(404, 'The model is not in the catalogue'),
  model_missing: entry(409, 'The model is not on this machine yet'),
  model_wrong_kind: entry(422, 'The model cannot do this'),
  model_file_invalid: entry(422, 'The model file is not usable'),
  model_load_failed: entry(500, 'The model could not be loaded'),
  model_host_lost: entry(503, 'The model process ended', true),
  model_host_failed: entry(503, 'The model process ended several times'),
  model_busy: entry(503, 'The queue of the model is full', true),
  context_too_long: entry(422, 'The prompt is longer than the model can read'),
  schema_unsupported: entry(422, 'The schema cannot be enforced on this model'),
  checksum_mismatch: entry(502, 'A downloaded file is not the expected one'),
  download_failed: entry(502, 'A file could not be downloaded', true),
  source_unreachable: entry(502, 'A source did not answer', true),
  no_source: entry(502, 'No source gave the file'),
  runtime_install_failed: entry(502, 'The runtime could not be installed', true),

  // Connections and providers
  connection_not_found: entry(404, 'The connection does not exist'),
  connection_disabled: entry(409, 'The connection is switched off'),
  connection_key_missing: entry(422, 'The connection has no key'),
  provider_unauthorized: entry(502, 'The provider refused the key'),
  provider_rate_limited: entry(503, 'The provider asks to wait', true),
  provider_failed: entry(502, 'The provider answered with an error', true),
  provider_refused: entry(422, 'The provider does not accept the request'),
  provider_timeout: entry(504, 'The provider did not answer in time', true),
  provider_reply_invalid: entry(502, 'The provider answered with something that cannot be read', true),
  circuit_open: entry(503, 'The connection failed too often and rests', true),
  price_missing: entry(422, 'The price of the model is not known'),

  // Budgets, routing and agents
  budget_exceeded: entry(402, 'The budget does not allow it'),
  budget_not_found: entry(404, 'The budget does not exist'),
  route_no_candidate: entry(422, 'No model is left that the policy allows'),
  policy_not_found: entry(404, 'The routing policy does not exist'),
  policy_invalid: entry(422, 'The routing policy is not valid'),
  moderation_blocked: entry(422, 'The text was blocked'),
  tool_unknown: entry(404, 'The tool does not exist'),
  tool_denied: entry(403, 'The tool must not be used'),
  tool_arguments_invalid: entry(422, 'The arguments of the tool call do not fit'),
  tool_failed: entry(502, 'The tool failed'),
  tool_timeout: entry(504, 'The tool took too long', true),
  tool_result_too_large: entry(422, 'The result of the tool is too large'),
  tool_changed: entry(409, 'The tool is not the one that was approved'),
  tool_repeated: entry(422, 'The model asks for the same thing again and again'),
  agent_limit: entry(422, 'The agent reached its limit'),
  mcp_unreachable: entry(503, 'The tool server does not answer', true),
  mcp_not_found: entry(404, 'The tool server does not exist'),
  mcp_sign_in: entry(409, 'The tool server must be signed in to'),
  mcp_disabled: entry(409, 'The tool server is switched off'),
  approval_changed: entry(409, 'What was to be approved has changed'),
  approval_refused: entry(403, 'A person refused it'),
  lowering_undeclared: entry(500, 'A node must not lower a label'),
  redaction_unknown: entry(422, 'A placeholder does not belong to this text'),

  // Versions, publishing and identity
  version_not_found: entry(404, 'The version does not exist'),
  not_published: entry(404, 'The workflow is not published'),
  tests_failed: entry(422, 'The tests of the workflow fail'),
  data_map_unaccepted: entry(422, 'The data map was not accepted'),
  door_closed: entry(403, 'The webhook, schedule or share is paused or has expired'),
  delivery_not_found: entry(404, 'The delivery does not exist'),
  batch_invalid: entry(422, 'The rows of the batch cannot be read'),
  idempotency_conflict: entry(409, 'The idempotency key was used with another request'),
  sign_in_failed: entry(401, 'The sign-in failed'),
  session_expired: entry(401, 'The session has ended'),
  second_factor_needed: entry(401, 'A second factor is needed'),
  key_not_found: entry(404, 'The API key does not exist'),
  key_expired: entry(401, 'The API key has expired'),
  scope_missing: entry(403, 'The key does not allow it'),
  user_not_found: entry(404, 'The user does not exist'),
  user_exists: entry(409, 'The user exists already'),
  project_not_found: entry(404, 'The project does not exist'),
  project_archived: entry(409, 'The project is archived'),
  last_owner: entry(409, 'A project needs an owner'),
  signature_invalid: entry(401, 'The signature does not fit'),
  schedule_invalid: entry(422, 'The schedule is not valid'),
  trigger_not_found: entry(404, 'The trigger does not exist'),
  batch_not_found: entry(404, 'The batch does not exist'),
  batch_cancelled: entry(409, 'The batch was cancelled before the row ran'),
  stopped: entry(423, 'An emergency stop is on', true),

  // Documents and collections
  document_empty: entry(422, 'The document has no text'),
  document_encrypted: entry(422, 'The document is protected by a password'),
  document_type: entry(415, 'The document is of a type that cannot be read'),
  document_damaged: entry(422, 'The document is damaged'),
  document_bomb: entry(422, 'The document inflates to an unreasonable size'),
  document_too_large: entry(413, 'The document is too large'),
  document_timeout: entry(422, 'The document took too long to read'),
  document_not_found: entry(404, 'The document does not exist'),
  collection_not_found: entry(404, 'The collection does not exist'),
  collection_exists: entry(409, 'The collection exists already'),
  collection_dimensions: entry(422, 'The vectors do not fit the collection'),
  collection_model: entry(422, 'The collection was filled with another embedding model'),
  filter_invalid: entry(422, 'The filter is not valid'),
  query_empty: entry(422, 'The query is empty'),
  job_not_found: entry(404, 'The job does not exist'),
  job_interrupted: entry(500, 'The process ended while the job was running', true),
  ingest_failed: entry(422, 'Some documents could not be ingested'),
  vector_store_unreachable: entry(503, 'The vector store does not answer', true),
  vector_store_unauthorized: entry(502, 'The vector store refused the key'),
  vector_store_failed: entry(502, 'The vector store answered with an error'),

  // Files and storage
  file_not_found: entry(404, 'The file does not exist'),
  file_unreadable: entry(422, 'The file cannot be read'),
  blob_not_found: entry(404, 'The stored value does not exist'),
  storage_full: entry(507, 'The disk is full', true),
  storage_read_only: entry(503, 'The data folder cannot be written'),
  storage_corrupt: entry(503, 'The database is damaged'),
  storage_newer: entry(503, 'The data folder was written by a newer Heddle'),
  storage_failed: entry(503, 'The data folder cannot be read or written', true),
  storage_locked: entry(503, 'Another process uses the data folder', true),
  port_taken: entry(500, 'The port is in use'),
  insecure_bind: entry(500, 'The address is reachable from outside and sign-in is not set up'),
  setting_invalid: entry(500, 'A setting is not valid'),

  // Network and code
  fetch_blocked: entry(403, 'The address must not be fetched'),
  fetch_failed: entry(502, 'The address could not be fetched', true),
  fetch_status: entry(502, 'The address answered with an error'),
  fetch_too_large: entry(502, 'The reply is too large'),
  fetch_timeout: entry(504, 'The address did not answer in time', true),
  code_error: entry(422, 'The code failed'),
  code_timeout: entry(422, 'The code took too long'),
  code_memory: entry(422, 'The code used too much memory'),
  custom_nodes_invalid: entry(500, 'A custom node cannot be loaded'),
  custom_node_crashed: entry(503, 'The process of a custom node ended', true),
  effect_undeclared: entry(403, 'A node uses an effect that it does not declare'),
  node_package_not_found: entry(404, 'The node package is not installed'),
  node_package_failed: entry(502, 'The node package could not be installed'),
} as const satisfies Record<string, ErrorCodeEntry>;

/** A stable error code, for people to look up and for programs to branch on. */
export type ErrorCode = keyof typeof errorCodes;

/** Whether a string is a code of the table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
