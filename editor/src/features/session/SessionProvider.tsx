import type { ReactElement, ReactNode } from 'react';
import { LiveContext } from '../../data/live/live-context.js';
import { SessionContext, type Session } from './session.js';

/** Provides the session and its live connection to the components inside. */
export function SessionProvider({
  value,
  children,
}: {
  readonly value: Session;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <LiveContext value={value.live}>
      <SessionContext value={value}>{children}</SessionContext>
    </LiveContext>
  );
}
