import { HeddleError, type NodeContext } from '@heddle/core';
import { readArguments } from './context-calls.js';

/** Carries out what an execution sent to its context without waiting for a reply. Errors: `node_failed`, and those of the context. */
export function applyToContext(context: NodeContext, method: string, args: readonly unknown[]): void {
  switch (method) {
    case 'log': {
      const [level, message, details] = readArguments('log', args);
      context.log[level](message, details);
      break;
    }
    case 'raise':
      context.raise(readArguments('raise', args)[0]);
      break;
    case 'declassify':
      context.declassify(readArguments('declassify', args)[0]);
      break;
    case 'decide':
      context.decide(readArguments('decide', args)[0]);
      break;
    case 'noteToolCall':
      context.noteToolCall(readArguments('noteToolCall', args)[0]);
      break;
    case 'progress':
      context.progress(readArguments('progress', args)[0]);
      break;
    case 'waiting':
      context.waiting(readArguments('waiting', args)[0]);
      break;
    case 'report':
      context.report(readArguments('report', args)[0]);
      break;
    default:
      throw new HeddleError('node_failed', `A node's context has no '${method.slice(0, 40)}'.`);
  }
}
