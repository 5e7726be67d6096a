import { everyProject, type GrantReply, type ProjectReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { projectStore, useProjectNames } from '../../data/access/project-store.js';
import { client } from '../../data/api/client.js';
import { useSession } from '../session/index.js';
import { showToast } from '../view/index.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { breaksOf, breakText, usageText } from './grant-text.js';
import { CheckList } from '../../ui/fields/CheckList.js';
import styles from './grants.module.css';

/** Selects the projects that may use an item, and names the live versions that the change would break. */
export function GrantDialog({
  grant,
  title = grant.id,
  onChanged,
  onClose,
}: {
  readonly grant: GrantReply;
  /** The display name of the item. */
  readonly title?: string;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const { kind, id, owner } = grant;
  const { view } = useSession();
  const projects = useStore(projectStore, (state) => state.projects) ?? [];
  const nameOf = useProjectNames();
  const [chosen, setChosen] = useState<readonly string[]>(grant.projects);
  const isForAll = chosen.includes(everyProject);
  const breaks = breaksOf(grant, chosen);
  const choices = choicesOf(grant, projects);
  return (
    <FormDialog
      title={`Projects that may use “${title}”`}
      verb={breaks.length === 0 ? 'Save' : 'Save and break them'}
      onClose={onClose}
      onSubmit={async () => {
        const reply = await client.PUT('/api/grants/{kind}/{id}', {
          params: { path: { kind, id } },
          body: { projects: chosen },
        });
        showToast(
          view,
          reply.breaks.length === 0 ? `Grants of ${title} saved.` : breakText(reply.breaks, nameOf),
          reply.breaks.length > 0,
        );
        onChanged();
        onClose();
      }}
    >
      <fieldset className="choices">
        <legend className="visually-hidden">Projects</legend>
        <label className="choice">
          <input
            type="checkbox"
            checked={isForAll}
            // When "All projects" is switched off, every existing project stays selected until the user clears it, so no grant is lost.
            onChange={(event) => setChosen(event.target.checked ? [everyProject] : choices.map((choice) => choice.id))}
          />
          <span>All projects, including new ones</span>
        </label>
        {isForAll ? null : (
          <div className="choice-list boxed">
            {owner === undefined ? null : (
              <label className="choice">
                <input type="checkbox" checked disabled />
                <span>
                  {nameOf(owner)} <span className="quiet">owner</span>
                </span>
              </label>
            )}
            <CheckList
              value={chosen}
              choices={choices.map(({ id: project, name, note }) => [
                project,
                <>
                  {name} {note === undefined ? null : <span className="quiet">{note}</span>}
                </>,
              ])}
              onChange={setChosen}
            />
          </div>
        )}
      </fieldset>
      {breaks.length === 0 ? null : (
        <div className={styles['grant-breaks']} role="status">
          <p>
            {breaks.length === 1 ? 'This live version needs it' : `These ${breaks.length} live versions need it`} and
            cannot be called after the change:
          </p>
          <ul>
            {breaks.map((use) => (
              <li key={`${use.workflowId} ${use.version}`}>{usageText(use, nameOf)}</li>
            ))}
          </ul>
        </div>
      )}
    </FormDialog>
  );
}

interface Choice {
  readonly id: string;
  readonly name: string;
  readonly note?: string;
}

/** The projects to choose from. Archived ones are marked, as far as the user can see them. */
function choicesOf({ choices }: GrantReply, known: readonly ProjectReply[]): readonly Choice[] {
  return choices.map(({ id, name }) => {
    const isArchived = known.find((project) => project.id === id)?.archivedAt !== undefined;
    return { id, name, ...(isArchived ? { note: 'archived' } : {}) };
  });
}
