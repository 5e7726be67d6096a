import type { ConnectionReply, ModelState } from '@heddle/core';
import type { ApiError } from '../../../../data/http/http.js';
import { useGet } from '../../../../data/queries/use-get.js';
import { useModelsNow } from '../../../../data/queries/use-topic.js';

/** The models and connections that a chat can use; undefined until they are loaded. The models are live. */
export function useModelsAndConnections(): {
  readonly models: readonly ModelState[] | undefined;
  readonly connections: readonly ConnectionReply[] | undefined;
  readonly error: ApiError | undefined;
  readonly again: () => void;
} {
  const models = useGet('/api/models', {}, ({ models }) => models);
  const connections = useGet('/api/connections', {}, ({ connections }) => connections);
  const now = useModelsNow();
  return {
    models: now?.models ?? models.value,
    // If the user may not see connections, the chat can still use the models of this machine.
    connections: connections.value ?? (connections.error === undefined ? undefined : []),
    error: models.error,
    again: models.again,
  };
}
