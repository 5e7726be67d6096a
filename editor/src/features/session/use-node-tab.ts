import { useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useExecutionFact } from '../run/index.js';
import { openUsualTab, tabStore, type Tab } from '../view/index.js';

/** The open tab of a node. Selecting or clicking the node decides it; a run that starts meanwhile changes nothing under the person's hands. */
export function useNodeTab(nodeId: string): Tab {
  const { tab, clicks } = useStore(tabStore);
  const hasRun = useExecutionFact(nodeId, (execution) => execution?.status) !== undefined;
  const latest = useRef(hasRun);
  useLayoutEffect(() => {
    latest.current = hasRun;
  });
  useLayoutEffect(() => openUsualTab(latest.current), [nodeId, clicks]);
  return tab;
}
