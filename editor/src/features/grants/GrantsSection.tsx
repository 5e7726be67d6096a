import clsx from 'clsx';
import { Share2 } from 'lucide-react';
import type { GrantKind, GrantReply, ProjectReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { projectStore, useProjectNames } from '../../data/access/project-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Link } from '../../ui/navigation/Link.js';
import { SearchField } from '../../ui/fields/SearchField.js';
import { Allowed } from '../../ui/states/Allowed.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { fitsGrant, grantKinds, isFolded } from './grant-text.js';
import { GrantDialog } from './GrantDialog.js';
import { GrantTable } from './GrantTable.js';
import { useThingTitles } from './use-thing-titles.js';
import styles from './grants.module.css';

/** A longer list gets a search field. */
const atAGlance = 8;

/** Which projects may use which connections, tool servers, models, collections, secrets and folders, and which workflows use them. */
export function GrantsSection(): ReactElement {
  return (
    <Allowed permission="grant:write" what="Managing grants">
      <Grants />
    </Allowed>
  );
}

function Grants(): ReactElement {
  const loaded = useGet('/api/grants', {}, ({ grants }) => grants);
  const projects = useStore(projectStore, (state) => state.projects);
  return (
    <WhenLoaded loaded={{ ...loaded, value: projects === undefined ? undefined : loaded.value }}>
      {(all) => <GrantList all={all} projects={projects ?? []} again={loaded.again} />}
    </WhenLoaded>
  );
}

function GrantList({
  all,
  projects,
  again,
}: {
  readonly all: readonly GrantReply[];
  readonly projects: readonly ProjectReply[];
  readonly again: () => void;
}): ReactElement {
  const nameOf = useProjectNames();
  const titleOf = useThingTitles();
  const [query, setQuery] = useState('');
  const [isUnfolded, setUnfolded] = useState(false);
  const [changed, setChanged] = useState<GrantReply>();
  const isAlone = isOnlyIn(all, projects[0]?.id) && projects.length === 1;
  const isSearching = query.trim() !== '';
  const found = isSearching
    ? all.filter((grant) => fitsGrant(grant, titleOf(grant.kind, grant.id), query.trim(), nameOf))
    : all;
  const folded = isSearching || isUnfolded ? [] : found.filter(isFolded);
  const shown = found.filter((grant) => !folded.includes(grant));
  const inGroup = (kind: GrantKind): readonly GrantReply[] => shown.filter((grant) => grant.kind === kind);
  return (
    <>
      <div className="section-bar">
        <p className="quiet measure">
          {isAlone
            ? `Everything here belongs to the project ${nameOf(projects[0]?.id ?? '')}. Grants need a second project.`
            : 'A project sees and uses only what is granted to it. Changes apply to the next run.'}
        </p>
        {all.length <= atAGlance ? null : (
          <SearchField label="Search" className={styles['grant-search']} value={query} onChange={setQuery} />
        )}
      </div>
      {all.length === 0 ? (
        <EmptyState
          Icon={Share2}
          action={
            <Link href="/connections" className="button">
              Go to connections
            </Link>
          }
        >
          Nothing to grant yet. Connections, tools, models and collections appear here once they exist.
        </EmptyState>
      ) : found.length === 0 ? (
        <p className="quiet">No item matches. Change the search.</p>
      ) : null}
      {grantKinds.map(([kind, text]) => {
        const group = inGroup(kind);
        const more = folded.filter((grant) => grant.kind === kind).length;
        if (group.length + more === 0) return null;
        return (
          <section key={kind} className="section" aria-label={text}>
            <h2>{text}</h2>
            {group.length === 0 ? null : (
              <GrantTable
                name={`Table of ${text.toLowerCase()}`}
                grants={group}
                isAlone={isAlone}
                titleOf={titleOf}
                onChange={setChanged}
              />
            )}
            {more === 0 ? null : (
              <button
                type="button"
                className={clsx('text-button', styles['grant-more'])}
                onClick={() => setUnfolded(true)}
              >
                {group.length === 0 ? '' : 'And '}
                {more === 1 ? '1 model' : `${more} models`} that are not used
              </button>
            )}
          </section>
        );
      })}
      {changed === undefined ? null : (
        <GrantDialog
          grant={changed}
          title={titleOf(changed.kind, changed.id)}
          onChanged={again}
          onClose={() => setChanged(undefined)}
        />
      )}
    </>
  );
}

/** Whether no other project has a grant or uses an item. */
const isOnlyIn = (all: readonly GrantReply[], project: string | undefined): boolean =>
  all.every(({ projects, uses }) => [...projects, ...uses.map((use) => use.project)].every((id) => id === project));
