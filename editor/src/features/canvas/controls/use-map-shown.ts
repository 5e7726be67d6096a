import { useStore as useFlow } from '@xyflow/react';
import { useStore } from 'zustand';
import { useDocument } from '../../session/index.js';
import { isMapShown, isPartHidden, mapChoice } from '../../view/index.js';

export function useMapShown(): boolean {
  const choice = useStore(mapChoice, ({ isOpen }) => isOpen);
  // Computed on every move of the view, so only if the result is needed.
  const isHidden = useFlow((state) => choice === undefined && isPartHidden(state));
  return useDocument(({ document }) => isMapShown(choice, document, isHidden));
}
