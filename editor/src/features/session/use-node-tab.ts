import { useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useExecutionFact } from '../run/index.js';
import { openUsualTab, tabStore, type Tab } from '../view/index.js';

/**
 * The open tab of a node. It is chosen when the node is selected or clicked. A run that starts later does not change the tab while the user
 * works in it.
 */
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
