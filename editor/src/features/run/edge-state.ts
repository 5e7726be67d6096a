import type { ExecutionView } from './fold/run-view.js';

/** The state of an edge in the shown run. */
export type EdgeState = 'rest' | 'streaming' | 'carried' | 'dropped';

/** The state of an edge, as the outputs of its source's latest execution show it. */
export function edgeState(source: ExecutionView | undefined, port: string): EdgeState {
  switch (source?.status) {
    case undefined:
    case 'idle':
    case 'queued':
    case 'running':
    case 'retrying':
    case 'suspended':
    case 'paused':
      return 'rest';
    case 'streaming':
      return source.text[port] === undefined ? 'rest' : 'streaming';
    case 'done':
    case 'cached':
      return source.outputs !== undefined && Object.hasOwn(source.outputs, port) ? 'carried' : 'dropped';
    case 'failed':
      return port === 'error' ? 'carried' : 'dropped';
    case 'skipped':
    case 'cancelled':
      return 'dropped';
  }
}
