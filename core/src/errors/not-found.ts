import { HeddleError } from './heddle-error.js';

// A missing resource and one that the caller may not see get the same message, so a message never reveals that a name is taken.

/**
 * The error for a workflow that does not exist.
 *
 * @example throw workflowNotFound('quarterly-report')
 */
export function workflowNotFound(idOrSlug: string): HeddleError {
  return new HeddleError(
    'workflow_not_found',
    `Workflow '${idOrSlug}' does not exist: list the workflows with heddle export, or create it.`,
    { details: { workflow: idOrSlug } },
  );
}

/**
 * The error for a run that does not exist.
 *
 * @example throw runNotFound(runId)
 */
export function runNotFound(runId: string): HeddleError {
  return new HeddleError('run_not_found', `Run '${runId}' does not exist: list the runs with heddle runs.`, {
    details: { runId },
  });
}

/**
 * The error for a response that does not exist, was deleted or not stored, or belongs to another caller. It does not repeat the name.
 *
 * @example throw responseNotFound()
 */
export function responseNotFound(input?: string): HeddleError {
  return new HeddleError(
    'response_not_found',
    'There is no such response here: it was not stored, was deleted, or is not yours.',
    input === undefined ? {} : { details: { input } },
  );
}

/**
 * The error for a thread that does not exist, or that belongs to another subject, workflow or project. It does not repeat the name.
 *
 * @example throw threadNotFound()
 */
export function threadNotFound(): HeddleError {
  return new HeddleError(
    'thread_not_found',
    'There is no such thread here: list the threads with GET /v1/threads, or begin one with POST /v1/threads.',
  );
}

/**
 * The error for a collection that does not exist.
 *
 * @example throw collectionNotFound('handbook')
 */
export function collectionNotFound(name: string): HeddleError {
  return new HeddleError(
    'collection_not_found',
    `Collection '${name}' does not exist: create it, or run heddle ingest ${name} PATH.`,
    { details: { collection: name } },
  );
}

/**
 * The error for a model that is not in the catalogue.
 *
 * @example throw modelUnknown('smollm2-135m')
 */
export function modelUnknown(id: string): HeddleError {
  return new HeddleError(
    'model_unknown',
    `Model '${id}' is not in the catalogue: list the models with heddle models list, or add it with heddle models add.`,
    { details: { model: id } },
  );
}

/**
 * The error for a connection that does not exist.
 *
 * @example throw connectionNotFound('openai')
 */
export function connectionNotFound(id: string): HeddleError {
  return new HeddleError(
    'connection_not_found',
    `Connection '${id}' does not exist: create it on the Connections page.`,
    {
      details: { connection: id },
    },
  );
}

/**
 * The error for a tool server that does not exist.
 *
 * @example throw toolServerNotFound('crm')
 */
export function toolServerNotFound(id: string): HeddleError {
  return new HeddleError(
    'mcp_not_found',
    `Tool server '${id.slice(0, 80)}' does not exist: add it on the Tools page or with heddle tools add.`,
    { details: { server: id } },
  );
}

/**
 * The error for a secret that does not exist, belongs to another project, or is not granted to the workflow.
 *
 * @example throw secretNotFound('crm-key')
 */
export function secretNotFound(name: string): HeddleError {
  return new HeddleError(
    'secret_not_found',
    `There is no secret '${name.slice(0, 128)}' for this project: an owner sets it on the Secrets page or with heddle secrets set.`,
    { details: { secret: name.slice(0, 128) } },
  );
}

/** The error for a source that does not exist. */
export const sourceNotFound = ({ collection, id }: { readonly collection: string; readonly id: string }): HeddleError =>
  new HeddleError('source_not_found', `The collection '${collection}' has no source '${id}'.`, {
    details: { collection, source: id },
  });
