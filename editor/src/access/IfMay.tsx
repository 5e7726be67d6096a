import type { Permission } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { useKnownMay } from './me-store.js';

/** What only those see who may do it: a button that would be refused is not offered. */
export function IfMay({
  permission,
  otherwise = null,
  children,
}: {
  readonly permission: Permission;
  /** What the others see in its place. */
  readonly otherwise?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const may = useKnownMay(permission);
  // Until it is known nothing is offered: a button that comes a moment later is better than one that goes.
  if (may === undefined) return <></>;
  return <>{may ? children : otherwise}</>;
}
