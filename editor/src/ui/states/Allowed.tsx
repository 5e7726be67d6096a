import { installationPermissions, Role, rolePermissions, type Permission } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { may, useMe } from '../../data/access/me-store.js';
import { useProject } from '../../data/access/project-store.js';

/** Shows a section to users with the right. Others see which role they need, and no request is sent. */
export function Allowed({
  permission,
  what,
  children,
}: {
  readonly permission: Permission;
  /** What the section does, as the beginning of a sentence. */
  readonly what: string;
  readonly children: ReactNode;
}): ReactElement {
  const me = useMe();
  const project = useProject();
  if (me === undefined) return <p className="quiet">Loading…</p>;
  if (may(me, permission, project)) return <>{children}</>;
  const roles = Role.options.filter((role) => rolePermissions[role].has(permission));
  const where = installationPermissions.has(permission) ? ' in the first project' : '';
  return (
    <p className="section-empty quiet">
      {what} needs {roles.includes('viewer') ? 'a role' : `the role ${roles.join(' or ')}`}
      {where}. An owner can give it to you.
    </p>
  );
}
