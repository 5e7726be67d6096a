import type { ReactElement, ReactNode } from 'react';
import { useStore } from 'zustand';
import { railStore } from './rail-store.js';

/** The label of a navigation entry. Renders nothing while the navigation shows only icons. */
export function RailLabel({ children }: { readonly children: ReactNode }): ReactElement | null {
  return useStore(railStore, (state) => state.isOpen) ? <span className="rail-label">{children}</span> : null;
}
