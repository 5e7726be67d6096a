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
