import type { Permission } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';

/** Shows its children only to users with the right, so that no button is offered whose request would be refused. */
export function IfMay({
  permission,
  otherwise = null,
  children,
}: {
  readonly permission: Permission;
  readonly otherwise?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const may = useKnownMay(permission);
  // Hidden while the rights are unknown: a button that appears late is better than one that disappears.
  if (may === undefined) return <></>;
  return <>{may ? children : otherwise}</>;
}
