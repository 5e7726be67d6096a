import type { GrantReply, GrantUse } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { projectStore, useProjectNames } from '../../data/access/project-store.js';
import { Link } from '../../ui/navigation/Link.js';
import { versionsPath, workflowPath } from '../../ui/navigation/route.js';
import { mayUse } from './grant-text.js';
import styles from './grants.module.css';

const shownFirst = 3;

/** The workflows that use an item, as live versions or drafts. Workflows of projects without a grant are marked. */
export function UseList({ grant, isAlone }: { readonly grant: GrantReply; readonly isAlone: boolean }): ReactElement {
  const { id, uses } = grant;
  const [isOpen, setOpen] = useState(false);
  if (uses.length === 0) return <span className="quiet">Nothing</span>;
  const shown = isOpen ? uses : uses.slice(0, shownFirst);
  return (
    <>
      <ul className={styles['grant-uses']}>
        {shown.map((use) => (
          <li key={`${use.workflowId} ${use.version}`}>
            <Use use={use} isRefused={!mayUse(grant, use.project)} isAlone={isAlone} />
          </li>
        ))}
      </ul>
      {shown.length === uses.length ? null : (
        <button type="button" className="text-button" onClick={() => setOpen(true)}>
          {uses.length - shown.length} more<span className="visually-hidden"> that use {id}</span>
        </button>
      )}
    </>
  );
}

function Use({
  use: { slug, name, project, version },
  isRefused,
  isAlone,
}: {
  readonly use: GrantUse;
  readonly isRefused: boolean;
  readonly isAlone: boolean;
}): ReactElement {
  const nameOf = useProjectNames();
  const isKnown = useStore(projectStore, ({ projects }) => projects?.some(({ id }) => id === project) ?? false);
  return (
    <>
      {isKnown ? (
        <Link
          href={version === undefined ? workflowPath(slug) : versionsPath(slug, { to: version })}
          className="text-link"
        >
          {name}
        </Link>
      ) : (
        name
      )}{' '}
      <span className="quiet">
        {version === undefined ? 'draft' : `version ${version}, live`}
        {isAlone ? '' : `, in ${nameOf(project)}`}
      </span>
      {isRefused ? (
        <>
          {' '}
          <span className="failed-text" data-part="refused">
            {version === undefined ? 'not granted' : 'not granted: calls are refused'}
          </span>
        </>
      ) : null}
    </>
  );
}
