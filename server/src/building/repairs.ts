import { errorCodes } from '@heddle/core';

/** The usual repair of a failure, by error code. */
const repairs: Readonly<Record<string, string>> = {
  input_missing: 'Send the input, or make the field of the input node optional or give it a default (set_inputs).',
  input_type: 'Send a value of the type of the field; read_workflow shows the types.',
  input_empty: 'Send a text that is not blank.',
  input_unknown: 'Send only inputs that the workflow has; compile_workflow shows its interface.',
  model_unknown: 'Set another model (set_config); a person grants models to the project.',
  connection_not_found: 'Set another model (set_config); a person adds connections.',
  collection_not_found: 'Set another collection (set_config); a person grants collections to the project.',
  provider_refused:
    'Look at the settings of the model node: the provider refused the request, for example tools or a schema.',
  label_refused:
    'The data is too sensitive for its destination: use a local model or one with a higher clearance, or redact before it.',
  budget_exceeded: 'The budget is spent: a person raises it.',
  node_timeout: 'Give the node more time (set_run: wallMs), or less work.',
  'loop-limit': 'Raise the limit of the loop edge, or make its end reachable.',
  code_error: 'Correct the code of the node: it gets its inputs as input, and must return JSON.',
  agent_limit: 'Raise the limits of the agent, or give it fewer tools.',
  tool_repeated: 'Give the agent clearer instructions, or the tool a better description.',
  replay_would_call:
    'A node would have an effect outside, and there is no sample for it: it runs only when a person starts the run.',
  fetch_blocked: 'The address is not allowed: a person decides about addresses.',
  secret_not_found: 'A person adds the secret and grants it.',
  node_output_invalid: 'The node gave a value of another type: look at its settings.',
  value_too_complex: 'Make the value smaller.',
};

/** @example repairOf('input_missing') // 'Send the input, or …' */
export function repairOf(code: string): string {
  const known = repairs[code];
  if (known !== undefined) return known;
  const entry = Object.hasOwn(errorCodes, code) ? errorCodes[code as keyof typeof errorCodes] : undefined; // `hasOwn` has checked it.
  return entry === undefined
    ? 'Read the node type, compare its settings, and compile again.'
    : `${entry.title}: read the node type, compare its settings, and compile again.${entry.retryable ? ' The same run may also succeed later.' : ''}`;
}
