import { HeddleError } from './heddle-error.js';

// What is not there, and what somebody must not know of, is told in the same words: nobody learns by them which names others took.

/** @example throw workflowNotFound('quarterly-report') */
export function workflowNotFound(idOrSlug: string): HeddleError {
  return new HeddleError(
    'workflow_not_found',
    `There is no workflow '${idOrSlug}': list them with heddle export, or create it.`,
    { details: { workflow: idOrSlug } },
  );
}

/** @example throw runNotFound(runId) */
export function runNotFound(runId: string): HeddleError {
  return new HeddleError('run_not_found', `There is no run '${runId}': list them with heddle runs.`, {
    details: { runId },
  });
}

/** @example throw collectionNotFound('handbook') */
export function collectionNotFound(name: string): HeddleError {
  return new HeddleError(
    'collection_not_found',
    `Collection '${name}' does not exist: create it, or run heddle ingest ${name} PATH.`,
    { details: { collection: name } },
  );
}

/** @example throw modelUnknown('smollm2-135m') */
export function modelUnknown(id: string): HeddleError {
  return new HeddleError(
    'model_unknown',
    `There is no model '${id}' in the catalogue: see heddle models list, or add it with heddle models add.`,
    { details: { model: id } },
  );
}

/** @example throw connectionNotFound('openai') */
export function connectionNotFound(id: string): HeddleError {
  return new HeddleError('connection_not_found', `There is no connection '${id}': make it on the connections page.`, {
    details: { connection: id },
  });
}

/** @example throw toolServerNotFound('crm') */
export function toolServerNotFound(id: string): HeddleError {
  return new HeddleError(
    'mcp_not_found',
    `There is no tool server '${id.slice(0, 80)}': register it on the tools page or with heddle tools add.`,
    { details: { server: id } },
  );
}

/**
 * Of a secret that does not exist, belongs to another project, is not granted or is for other workflows.
 *
 * @example throw secretNotFound('crm-key')
 */
export function secretNotFound(name: string): HeddleError {
  return new HeddleError(
    'secret_not_found',
    `There is no secret '${name.slice(0, 128)}' for this workflow: an owner of its project sets it on the secrets page or with heddle secrets set.`,
    { details: { secret: name.slice(0, 128) } },
  );
}
