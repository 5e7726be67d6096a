import type { ProjectReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { chooseProject, projectStore, useProject } from '../../data/access/project-store.js';
import { Picker } from '../../ui/dialogs/Picker.js';
import { navigate, settingsPath } from '../../ui/navigation/route.js';

type Item =
  | { readonly id: string; readonly group: string; readonly project: ProjectReply }
  | { readonly id: 'manage'; readonly group: string };

/** A list of the user's projects, to switch to another one. */
export function ProjectPicker(): ReactElement {
  const projects = useStore(projectStore, (state) => state.projects) ?? [];
  const current = useProject();
  const close = (): void => projectStore.setState({ isChoosing: false });
  const items: readonly Item[] = [
    ...projects
      .filter(({ archivedAt }) => archivedAt === undefined)
      .map((project) => ({ id: project.id, group: 'Switch to', project })),
    { id: 'manage', group: 'Projects' },
  ];
  const textOf = (item: Item): string => ('project' in item ? item.project.name : 'Manage projects');
  return (
    <Picker<Item>
      title="Projects"
      placeholder="Search projects"
      itemsFor={(query) => {
        const terms = query.toLowerCase().split(/\s+/);
        return items.filter((item) => terms.every((word) => textOf(item).toLowerCase().includes(word)));
      }}
      empty="No project has this name."
      draw={(item) => (
        <>
          <span className="picker-name">{textOf(item)}</span>
          {'project' in item ? (
            <span className="picker-note">
              {item.project.id === current?.id ? 'current · ' : ''}
              {item.project.roles.join(', ')}
            </span>
          ) : null}
        </>
      )}
      onPick={(item) => {
        close();
        if (!('project' in item)) navigate(settingsPath('projects'));
        else if (item.project.id !== current?.id) chooseProject(item.project.id);
      }}
      onClose={close}
    />
  );
}
