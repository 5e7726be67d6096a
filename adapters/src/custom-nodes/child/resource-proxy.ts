import { resourceMembers } from '../wire/resource-members.js';
import { resourceId, type OpenedResource, type ServerCalls } from './server-calls.js';

/** A resource in the process of a custom node: its facts are local values, its methods are calls to the server. */
export function resourceProxy({ kind, id, facts, methods }: OpenedResource, calls: ServerCalls): object {
  const iterables = new Set(resourceMembers[kind].iterables);
  const proxy: Record<string | symbol, unknown> = { ...facts, [resourceId]: id };
  for (const method of methods) {
    proxy[method] = iterables.has(method)
      ? (...args: unknown[]) => calls.iterate(id, method, args)
      : (...args: unknown[]) => calls.invoke(id, method, args);
  }
  return proxy;
}
