import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { parentExecutionOf, groupIn, groupOf, nodeOf } from './execution/execution-path.js';
import type { PathRecord } from './fold/path-records.js';
import { createRunFocus, pickPath, type RunFocus } from './run-focus.js';
import type { ExecutionView, OpenQuestion, RunHead, RunTopic, RunView } from './fold/run-view.js';
import type { LogLine } from './fold/log-line.js';
import type { NestedRun, Totals } from './fold/side-events.js';

/** The run that is shown; undefined if there is none. */
export const RunContext = createContext<RunView | undefined>(undefined);
/** Which part of the shown run is visible. */
export const RunFocusContext = createContext<RunFocus>(createRunFocus());
/** The scope of the nested run that the child components show; empty for the run itself. */
export const ScopeContext = createContext('');
/** Returns the title of the node that started a nested run, or its id until the outer workflow is loaded. */
export const ParentTitleContext = createContext<(scope: string) => string>((scope) =>
  nodeOf(parentExecutionOf(scope).path),
);

const never = (): (() => void) => () => undefined;

function useTopic<Value>(topic: RunTopic, read: (run: RunView) => Value): Value | undefined {
  const run = useContext(RunContext);
  const subscribe = useCallback((listener: () => void) => run?.subscribe(topic, listener) ?? never(), [run, topic]);
  return useSyncExternalStore(subscribe, () => (run === undefined ? undefined : read(run)));
}

/** The state of the shown run, without its executions. */
export function useRunHead(): RunHead | undefined {
  return useTopic('head', (run) => run.head());
}

/** The execution that is shown for a node: that of the selected iteration, or the latest. */
export function useExecution(nodeId: string): ExecutionView | undefined {
  const scope = useContext(ScopeContext);
  const group = groupIn(scope, nodeOf(nodeId));
  const pick = usePick(group);
  return useTopic(`node:${group}`, (run) => {
    const path = pickPath(run.pathsOf(group), pick);
    return path === undefined ? undefined : run.execution(path);
  });
}

/**
 * One value read from the shown execution of a node. A component that uses only this hook does not render again while a text grows, as long
 * as the value stays the same.
 *
 * @example const status = useExecutionFact(id, (execution) => execution?.status);
 */
export function useExecutionFact<Fact extends string | number | undefined>(
  nodeId: string,
  read: (execution: ExecutionView | undefined) => Fact,
): Fact {
  const run = useContext(RunContext);
  const group = groupIn(useContext(ScopeContext), nodeOf(nodeId));
  const pick = usePick(group);
  const subscribe = useCallback(
    (listener: () => void) => run?.subscribe(`node:${group}`, listener) ?? never(),
    [run, group],
  );
  return useSyncExternalStore(subscribe, () => {
    const path = run === undefined ? undefined : pickPath(run.pathsOf(group), pick);
    return read(path === undefined ? undefined : run?.execution(path));
  });
}

/** The selected iteration of a group; undefined means the latest. */
export function usePick(group: string): string | undefined {
  return useStore(useContext(RunFocusContext), (state) => state.picks.get(group));
}

/** The paths of a node's executions in the shown run. */
export function useExecutionPaths(nodeId: string): readonly string[] {
  const group = groupIn(useContext(ScopeContext), nodeId);
  return useTopic(`node:${group}`, (run) => run.pathsOf(group)) ?? none;
}

export function useExecutionAt(path: string): ExecutionView | undefined {
  return useTopic(`node:${groupOf(path)}`, (run) => run.execution(path));
}

export function useExecutionCount(nodeId: string): number {
  return useExecutionPaths(nodeId).length;
}

/** The paths of all executions so far. */
export function usePaths(): readonly string[] {
  return useTopic('paths', (run) => run.paths()) ?? none;
}

export function useNested(path: string): readonly NestedRun[] {
  return useTopic(`nested:${path}`, (run) => run.nestedOf(path)) ?? noRuns;
}

export function useRecord(path: string): readonly PathRecord[] {
  return useTopic(`record:${path}`, (run) => run.recordOf(path)) ?? noRecords;
}

/** The open human input requests of the run. */
export function useQuestions(): readonly OpenQuestion[] {
  return useTopic('requests', (run) => run.requests()) ?? noQuestions;
}

export function useLog(): readonly LogLine[] {
  return useTopic('log', (run) => run.log()) ?? noLines;
}

export function useTotals(): Totals | undefined {
  return useTopic('totals', (run) => run.totals());
}

const none: readonly string[] = [];
const noRuns: readonly NestedRun[] = [];
const noQuestions: readonly OpenQuestion[] = [];
const noRecords: readonly PathRecord[] = [];
const noLines: readonly LogLine[] = [];
