import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import { leafOf } from './execution-path.js';
import type { ExecutionView, RunHead, RunView } from './run-view.js';

/** The run in view; undefined while none is. */
export const RunContext = createContext<RunView | undefined>(undefined);

const never = (): (() => void) => () => undefined;

/** The run's own state. */
export function useRunHead(): RunHead | undefined {
  const run = useContext(RunContext);
  const subscribe = useCallback((listener: () => void) => run?.subscribe('head', listener) ?? never(), [run]);
  return useSyncExternalStore(subscribe, () => run?.head());
}

/** The latest execution of a node. */
export function useExecution(nodeId: string): ExecutionView | undefined {
  const run = useContext(RunContext);
  const subscribe = useCallback((listener: () => void) => run?.subscribe(`node:${nodeId}`, listener) ?? never(), [run, nodeId]);
  return useSyncExternalStore(subscribe, () => latestOf(run, nodeId));
}

/** One execution by its path. */
export function useExecutionAt(path: string): ExecutionView | undefined {
  const run = useContext(RunContext);
  const subscribe = useCallback((listener: () => void) => run?.subscribe(`node:${leafOf(path)}`, listener) ?? never(), [run, path]);
  return useSyncExternalStore(subscribe, () => run?.execution(path));
}

/** How many executions a node has had. */
export function useExecutionCount(nodeId: string): number {
  const run = useContext(RunContext);
  const subscribe = useCallback((listener: () => void) => run?.subscribe(`node:${nodeId}`, listener) ?? never(), [run, nodeId]);
  return useSyncExternalStore(subscribe, () => run?.pathsOf(nodeId).length ?? 0);
}

/** Every execution path so far. */
export function usePaths(): readonly string[] {
  const run = useContext(RunContext);
  const subscribe = useCallback((listener: () => void) => run?.subscribe('paths', listener) ?? never(), [run]);
  return useSyncExternalStore(subscribe, () => run?.paths() ?? none);
}

const none: readonly string[] = [];

function latestOf(run: RunView | undefined, nodeId: string): ExecutionView | undefined {
  const path = run?.pathsOf(nodeId).at(-1);
  return path === undefined ? undefined : run?.execution(path);
}
