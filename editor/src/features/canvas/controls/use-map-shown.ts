import { useStore as useFlow } from '@xyflow/react';
import { useStore } from 'zustand';
import { useDocument } from '../../session/index.js';
import { isMapShown, isPartHidden, mapChoice } from '../../view/index.js';

/** Whether the map is visible: for the state of its button and the drawing. */
export function useMapShown(): boolean {
  const choice = useStore(mapChoice, ({ isOpen }) => isOpen);
  // Computed on each move of the view, so only where it decides.
  const isHidden = useFlow((state) => choice === undefined && isPartHidden(state));
  return useDocument(({ document }) => isMapShown(choice, document, isHidden));
}
